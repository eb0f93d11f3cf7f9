"""What the benches' page says around its figures."""

INTRODUCTION = """\
Made by `make bench` (a look in under three minutes: `make bench ARGS=--quick`; some rooms only:
`make bench ARGS="log mesh"`), which also writes every single run to `out/bench.json`. Absolute figures are this
machine's and say little about yours; the ratios are what travels. So each line stands beside what the machine itself
can do in the same minute (SQLite alone on the same disk, a round trip over loopback), and beside NATS JetStream doing
the same work, when `nats-server` and the Python client are installed. The sides take turns, run by run; a ratio is
taken of runs that were neighbours in time. Shown is the median, in brackets the span from the lower to the upper
quartile (of fewer than four runs: lowest to highest)."""

EQUAL = """\
## What is equal, and what is not

- **Durability.** An event of ours is acknowledged, and told to anybody, after SQLite's commit with `synchronous=FULL`:
  it survives a power cut. NATS JetStream, as it comes, acknowledges when the message is in the system's cache and syncs
  every two minutes; a power cut may take acknowledged messages. So NATS runs in both ways: *as it comes*, and with
  *each write synced* (`sync_interval: always` from version 2.10 on; for older ones a folder that the system writes
  through, `chattr +S`). The targets of delay and rate are set against the one that promises what we promise; the other
  stands beside it.
- **Proof.** Our receiver checks the SHA-256 chain over every event and the Ed25519 seal of every batch before it stores
  them. NATS checks a checksum of each record. This costs us time, and stays.
- **What is sent.** The same orders, encoded by the same code. Ours travel in sealed batches under zstd; NATS sends each
  message with its subject and headers, uncompressed.
- **Topology.** One hub and leaf nodes; ours are peers, and the writer is called by the others. *Durable at the writer*:
  the leaf node keeps nothing and hands on what the hub's stream delivers. *Durable at both*: the leaf node mirrors the
  stream; ours always does.
- **Languages.** Our server is Python, NATS' is Go; the programs at both ends are Python (asyncio on uvloop), and what
  they cost is in both sides' figures. In a fan-out our subscriber lives in the server's process, as our read models do.
- **Lines that are cut** go through the same relay. Our terminals try again after 0.1 s, doubling up to 5 s, with
  jitter; a leaf node tries each second (its default).
- **Catch-up** counts from the first call to the last event durable at the receiver. The NATS mirror that syncs each
  write gets fewer events, as each costs it a sync; its rate does not depend on how many there are.
- **Cores.** All processes of a line share the machine: with 16 peers, 17 servers of ours (or 17 of NATS and 17 clients)
  take turns on its cores."""

FLOORS: dict[str, str] = {
    "append": (
        "On a disk that syncs in a sixth of a millisecond, what is added to the bare commit shows. Profiled "
        "on a disk in memory, that is 120 µs in the writer (of which the Ed25519 seal takes 70 and the two "
        "more trees, the stream's head and the command's answer that makes a repeated command harmless, 25) "
        "and 100 µs for the way to the writer's thread and back, which keeps the event loop free of the disk. "
        "While the same disk took 3.7 ms for a bare commit the ratio was 1.1. Sealing later or answering "
        "before the commit would be faster, and would break a promise."
    ),
    "grouped": (
        "The limit only writes rows that are ready. Ours are 64 callers: each event is numbered, dated, "
        "encoded, hashed and checked against repeated commands, and each caller is woken; that is 25 µs of "
        "Python an event, beside 4 to 10 µs for SQLite's part, and the two take turns because all callers "
        "wait for the same commit. The slower the disk, the nearer to the limit."
    ),
    "fan-out-one": (
        "One commit (see the first line), one seal made and one verified, and four wake-ups of Python's event "
        "loops between the writer's call and the peer's log, against two Go servers in between two Python "
        "programs."
    ),
    "fan-out-many": (
        "All servers share this machine's cores: each of the peers checks chain and seal and commits the "
        "event to the one disk that all of them share, while the writer is still sending. NATS' leaf nodes "
        "keep nothing in this line."
    ),
    "catch-up": (
        "Beside NATS as it comes: its mirror leaves the sync to the system, up to two minutes later. Ours "
        "commits every batch with a full sync, after checking every hash and seal, and cannot be faster than "
        "SQLite alone on the same disk, which is the last line beside it; where that line is slower than 1.5 "
        "× NATS, no way of ours could reach it without giving up the sync. Beside SQLite alone: the receiver "
        "spends 7 to 8 µs of processor time an event (decompressing, hashing, rows), SQLite alone 4 to 5; the "
        "part that is Python's holds the interpreter while the writer's thread waits for it."
    ),
    "memory": (
        "Most of it is there before the first order: Python with the modules that the server is made of takes "
        "86 MB, 58 of them its own: 13 for SQLModel and pydantic, 12 for SQLAlchemy, 8 for Litestar, 6 for "
        "websockets and uvicorn, 7 for cryptography. So 60 MB can't be had with those libraries; without "
        "docstrings (`python -OO`, which would also drop the assertions that we want to keep) it is 3 MB "
        "less. What a day adds (the line beside it) has not been taken apart yet, nor followed over several "
        "days here."
    ),
    "tap-p50": (
        "The line to head office is not in the way of a tap. What differs is what else the two cores do: "
        "online, head office runs on them too and takes every order in at the same moment, where a shop has "
        "it on another machine. That this is the whole difference has not been shown."
    ),
    "tap-p99": (
        "Five servers, four screens drawn by software and head office share the cores and the disk here; in a "
        "shop each terminal has its own. From the tap to the frame an order goes through four commits one "
        "after the other (placed, charge attempted, charged, and again at the kitchen), each waiting for a "
        "sync of the same disk; two requests with the wait for a neighbour's copy in between (12 ms); and the "
        "drawing of the ticket by the software renderer (12 to 20 ms). In the quickest orders seen the parts "
        "took 3 ms to the first commit, 12 to the second, 4 to the third, 5 to the kitchen's, 8 to its screen "
        "and 15 to the frame: about 50 ms, with nothing left for the slowest in a hundred. With a "
        "graphics card, and a machine for each terminal, it has not been measured."
    ),
    "open": (
        "A millisecond or two of which most is SQLite's own opening; a busy disk decides which of two runs is "
        "the slower."
    ),
    "start": ("A second of imports; a busy machine decides which of two runs is the slower."),
    "connect": (
        "The greeting names streams, not events, and is as long with a million as with one (see the bytes); "
        "five milliseconds on a busy machine vary by more than a tenth."
    ),
}
"""By a figure's key: why it falls short, and what the floor is."""

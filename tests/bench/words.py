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
        "On a disk that syncs in a fifth of a millisecond, what is added to the bare commit shows. On a disk in "
        "memory an append takes 260 µs where the log's writer and the event loop run on two cores, and 160 on one: "
        "half of what is added is two cores that hand each other what they have in their caches, because a thread of "
        "its own keeps the event loop free of the disk. Nothing is tied to one core for that, as it would wait there "
        "while another is free. In processor time it is 105 µs in the writer: 55 SQLite's (four trees, where the bare "
        "commit has two: the event and its index, the stream's head, and the command's answer that makes a repeated "
        "command harmless), 19 the Ed25519 seal (libsodium; OpenSSL's took 33), 30 numbering, encoding, hashing and "
        "the look at repeated commands; then 5 telling everybody and the rest two threads that wake each other. That "
        "is the floor with a seal an order and a thread for the disk; sealing later or answering before the commit "
        "would be faster, and would break a promise. The room made beforehand for the write-ahead log halves a commit "
        "on this disk (0.66 to 0.30 ms, the worst of a hundred 12 to 6 ms) in small runs with pauses, as in a shop; "
        "here both sides have grown their files after the first turns."
    ),
    "grouped": (
        "The limit only writes rows that are ready. Ours are 64 callers: each event is numbered, dated, encoded, "
        "hashed and checked against repeated commands, and each caller is woken. On a disk in memory that is 24 µs an "
        "event: 17 in the writer, of which 8 are SQLite's, and 7 on the event loop; the two take turns, because all "
        "callers wait for the same commit and Python runs one of the two at a time. So some 42,000 events/s are the "
        "floor here, and the target is reached where the disk takes more than it."
    ),
    "fan-out-one": (
        "One commit (see the first line), one seal made (19 µs) and one verified (56), and four wake-ups of Python's "
        "event loops between the writer's call and the peer's log, against two Go servers in between two Python "
        "programs."
    ),
    "fan-out-many": (
        "All servers share this machine's cores: each of the peers checks chain and seal and commits the "
        "event to the one disk that all of them share, while the writer is still sending. NATS' leaf nodes "
        "keep nothing in this line."
    ),
    "catch-up": (
        "Beside NATS as it comes: its mirror leaves the sync to the system, up to two minutes later. Ours commits "
        "every batch with a full sync, after checking every hash and seal, and cannot be faster than SQLite alone "
        "on the same disk, which is the last line beside it; where that line is slower than 1.5 × NATS, no way of "
        "ours could reach it without giving up the sync. Beside SQLite alone: the receiver spends 7 to 8 µs of "
        "processor time an event: 2 to 3 SQLite's insert, 1 its commit and checkpoint, 0.5 rows and batches, 4 "
        "decompressing, decoding and hashing on the event loop. The two threads share one interpreter, and "
        "sender, relay and receiver share two cores, so what is left is processor time, not waiting."
    ),
    "memory": (
        "Was 105 MB, and 70 before seals were libsodium's. What is there before the first order is 53: Python itself "
        "11, OpenSSL (Python's own) 4, Litestar, uvicorn and what these load 8, uvloop, asyncio and websockets 5, the "
        "rest our own modules, tables and connections. 16 of the 53 are pages of libraries, which all processes of a "
        "machine share. Read models are compiled to SQL beforehand, so SQLModel, pydantic and SQLAlchemy (26 MB) are "
        "not loaded, nor is httpx where there is no card terminal over the network; command lines, debuggers and "
        "formats that libraries bring along and a server never uses (4) are left for later (`app/lean.py`). mDNS, off "
        "in this bench, takes 3 more. A day adds 5 to 7: half of it the menu, which is read, checked, stored and "
        "shown once; the newest events and orders in memory, which have limits (256 events, 64 orders a table), "
        "SQLite's pages (200 kB a table at most), and what allocators keep: with one heap for all threads 1.6 MB "
        "less than with one for each (61.1 and 59.5 after a day)."
    ),
    "tap-p50": (
        "The line to head office is not in the way of a tap. What differs is what else the two cores do: online, "
        "head office runs on them too and takes every order in at the same moment, where a shop has it on another "
        "machine: a core's worth of 2 to 5 ms an event, and a commit on the same disk. That this is the whole "
        "difference has not been shown."
    ),
    "tap-p99": (
        "Traced order by order, where five servers and four screens have two cores and one disk. A median order of 44 "
        "ms: 2 from the tap to the kiosk's server; placed, in its tables and held by a neighbour after 7 more; 4 "
        "until the second request is there; 9 for the charge attempted and charged; 7 for the neighbour's copy and "
        "the way to the kitchen's server, which commits, works it into its tables and tells its screen within 3 to "
        "15; then 4 for making the ticket's parts in QML and 3 for drawing it. No timer and no poll is in the way. "
        "What varies is the turn at a core: while the kitchen's server has the order, the kiosk draws its thanks and "
        "the counter its list, ten milliseconds each, and three other servers and head office check, commit and fold "
        "the same three events, one to two milliseconds each. Scheduled before all others in real time, nobody who "
        "draws is interrupted. And single syncs take 10 to 30 ms where all share one disk. In a shop each terminal "
        "has its own of both."
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

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

FLOORS: dict[str, str] = {}
"""By a figure's key: why it falls short, and what the floor is."""

"""What a start can see of a log without reading it: whether each stream ends as it says."""

from __future__ import annotations

import sqlite3

from server.event import decode
from server.keys import chain, verify_seal
from server.log import forks, heads
from server.log.trouble import as_written
from server.log.verify import check_small


def fits(db: sqlite3.Connection) -> str:
    """What is wrong with a log at first sight, `""` for nothing: each stream's newest event is there, follows on the
    one before, and is what the stream's row says; and the small tables are whole. It costs some reads a stream,
    however long the log is."""
    with as_written():
        return _misfit(db)


def _misfit(db: sqlite3.Connection) -> str:
    wrong = check_small(db)  # SQLite would write over good rows where a page says wrongly what of it is free
    if wrong:
        return wrong[0]
    known = heads.load(db)
    db.execute("SELECT command_id, position, count, result FROM commands LIMIT 1").fetchone()
    db.execute("SELECT log_id, topic, seq, hash, seal, raw, found_ms FROM evidence LIMIT 1").fetchone()
    forks.load_all(db)
    for log_id, header in known.headers.items():  # also our own, of which there may be no stream yet
        if header.log_id != log_id:
            return f"the header of log {log_id} is not as it was written"
    for stream, head in known.heads.items():
        if stream.log_id not in known.headers:
            return f"the header of log {stream.log_id} is missing"
        if head.seq == head.floor_seq:
            continue
        rows = db.execute(
            "SELECT seq, hash, seal, raw, position FROM events WHERE stream = ? AND seq >= ? ORDER BY seq",
            (head.id, max(head.seq - 1, head.floor_seq + 1)),
        ).fetchall()
        before = rows[0][1] if len(rows) == 2 else head.floor_hash
        if not rows or rows[-1][0] != head.seq or rows[-1][1] != head.hash or rows[-1][4] != head.position:
            return f"the newest event of {stream} is not the one that the stream ends with"
        if chain(before, rows[-1][3]) != head.hash:
            return f"the newest event of {stream} is not as it was written"
        if decode(stream, rows[-1][3]).hlc > head.hlc:
            return f"the time of {stream} is before its newest event"
        if rows[-1][2] is None or not verify_seal(known.headers[stream.log_id].public_key, head.hash, rows[-1][2]):
            return f"the newest event of {stream} has no good seal"
    listed = {head.id for head in known.heads.values()}
    number = 0
    while found := db.execute("SELECT stream FROM events WHERE stream > ? LIMIT 1", (number,)).fetchone():
        if not number < found[0] in listed:  # the index stands in its order: one step a stream
            return "events lie in it of a stream that it does not list"
        number = found[0]
    return ""

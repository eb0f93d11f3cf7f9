"""The durable log of one device: its own streams and its copies of everyone else's, in one SQLite file.

Owns `log.db` and the lock on the data folder. One thread writes, everything that waits goes into one transaction,
and nothing is acknowledged before that is on the disk. Others read by cursor (`events`, `subscribe`) or by stream
(`read`); there is no second way to learn that something happened. It knows no network, no service and no screen.
"""

from server.log.carry import Salvaged
from server.log.lock import FolderLock
from server.log.log import Log
from server.log.look import StreamInfo, check_there, ls, own_store, tail
from server.log.opening import is_condemned, is_damage
from server.log.place import is_a_copy
from server.log.reader import Answer
from server.log.reserve import RESERVE_FILE, Reserve
from server.log.salvage import is_unfinished, salvage
from server.log.trouble import Fork, Gap, LogFailed
from server.log.verify import VerifyReport, verify

__all__ = [
    "RESERVE_FILE",
    "Answer",
    "FolderLock",
    "Fork",
    "Gap",
    "Log",
    "LogFailed",
    "Reserve",
    "Salvaged",
    "StreamInfo",
    "VerifyReport",
    "check_there",
    "is_a_copy",
    "is_condemned",
    "is_damage",
    "is_unfinished",
    "ls",
    "own_store",
    "salvage",
    "tail",
    "verify",
]

"""Does a case's steps to a real `Replica` with a log behind it, and looks after each whether what must hold holds."""

from __future__ import annotations

from collections.abc import Callable

from server.event import MAX_FOLLOWED, Batch, Stream, decode
from server.keys import chain, genesis
from server.replication import frames
from server.replication.actions import Alarm, Close, Send, Store
from server.replication.frames import Refuse
from server.replication.protocol import Replica
from tests.fuzz.cases import Case, Step
from tests.fuzz.weigh import weigh
from tests.fuzz.world import World
from tests.unit.replication.lab import Lab, Terminal

CODES = {"bad_frame", "frame_too_large", "no_hello", "bad_hello", "bad_header", "wrong_version", "wrong_store"}
CODES |= {"not_office", "self", "clone", "duplicate", "unknown_log", "out_of_scope", "bad_batch", "bad_event"}
CODES |= {"bad_seal", "gap", "bad_frontier", "bad_summary"}
"""The reasons that docs/protocol.md §3.7 knows."""

MAX_LINK_BYTES = 400_000
"""What one open link may hold beside claims: a hello and a list of neighbours as long as they may be."""

MAX_CLAIM_BYTES = 1_500
"""What one claimed stream may hold, its name and its places in all books included."""

SLACK_BYTES = 100_000
"""Recent hashes, table sizes that Python rounds up."""

MAX_ALARMS = 40
"""A case has so few things to be alarmed about: more is a flood."""

WEIGH_EVERY = 100


class Fault(AssertionError):
    """Something that must hold does not."""


class Victim:
    """One `Replica` under attack."""

    def __init__(self, world: World, kind: str) -> None:
        self.world = world
        self.kind = kind
        self.lab = Lab(1)
        self.node: Terminal = world.victim(self.lab, kind)
        self.open: dict[int, bool] = {}  # link: it has said a valid hello
        self.frames = 0
        self.alarms = 0
        self.steps = 0
        self.codes: list[str] = []  # why links were closed
        self.shared = (world, self.lab)
        self.rows: dict[Stream, int] = {}  # events held of each

    def do(self, step: Step) -> None:
        """Raises `Fault`, or whatever the `Replica` lets through."""
        node, lab, what = self.node, self.lab, step[0]
        self.steps += 1
        if what == "frame":
            if step[1] in self.open:
                self.frames += 1
                node.do(node.replica.receive(step[1], step[2], lab.now))
        elif what == "connect":
            self.open[step[1]] = False
            host = f"192.168.7.{step[1] % 200}"
            to_office = step[3] and self.kind != "office"
            actions = node.replica.connect(
                step[1], lab.now, dialled=step[2] or to_office, to_office=to_office, address=host + ":7" * step[2]
            )
            node.do(actions)
        elif what == "tick":
            lab.now += step[1]
            node.do(node.replica.tick(lab.now))
        elif what == "append":
            node.append(step[1], step[2])
        elif what == "disk":
            node.hold_disk = step[1] == "held"
            node.disk_error = "disk_full" if step[1] == "failing" else None
            if not node.hold_disk:
                node.commit()
        elif what == "floor":
            self._drop(step[1], step[2])
        elif what == "office":
            node.do(node.replica.office_reachable(step[1], lab.now))
        elif what == "commit":
            node.commit()
        elif what == "cut" and self.open.pop(step[1], None) is not None:
            node.do(node.replica.disconnect(step[1], lab.now))
        self._look()
        if self.steps % WEIGH_EVERY == 0:
            self._weigh()

    def _drop(self, topic: str, count: int) -> None:
        """The victim's own oldest events have been kept long enough."""
        node = self.node
        stream = Stream(node.log.log_id, topic)
        count = min(count, len(node.log.rows.get(stream, ())) - 1)
        if count > 0:
            node.log.drop_below(stream, node.log.floor(stream)[0] + count)
            node.replica.floor_raised(stream, *node.log.floor(stream))
            self.rows[stream] -= count

    def _look(self) -> None:
        did, self.node.did = self.node.did, []
        for stream, rows in self.node.log.rows.items():
            if len(rows) < self.rows.get(stream, 0) and stream.log_id != self.world.liar.log.log_id:
                raise Fault(f"what was held of {stream} was dropped")
            self.rows[stream] = len(rows)
        told: dict[int, bytes] = {}
        for action in did:
            if isinstance(action, Send):
                told[action.link] = action.frame
                if len(action.frame) > frames.MAX_FRAME_BYTES:
                    raise Fault("a frame over the limit was sent")
            elif isinstance(action, Store):
                self._check_store(action)
            elif isinstance(action, Close):
                self._check_close(action, told.get(action.link))
            elif isinstance(action, Alarm):
                self.alarms += 1
                if action.evidence:
                    self._check_evidence(action.evidence)
                if self.alarms > MAX_ALARMS or len(action.text) > 1_000:
                    raise Fault(f"a flood of alarms: {action.code}: {action.text[:100]}")
        for link, greeted in self.open.items():
            if not greeted and self.node.replica.peer(link) is not None:
                self.open[link] = True

    def _check_store(self, store: Store) -> None:
        batch, stream = store.batch, store.batch.stream
        if not self.open.get(store.link):
            raise Fault("something is stored for a link that has not said hello")
        digest = store.floor[1] if store.floor else None
        seq = batch.first_seq
        for raw, said in zip(batch.events, batch.hashes, strict=True):
            if not self.world.signed(stream, seq, raw):
                raise Fault(f"event {seq} of {stream} is stored, and its writer never wrote it")
            event = decode(stream, raw)
            if event.seq != seq or not 0 <= event.hlc < 2**63 or not 0 <= event.follows < MAX_FOLLOWED:
                raise Fault(f"event {seq} of {stream} is stored with impossible numbers")
            digest = chain(digest, raw) if digest else genesis_chain(stream, raw) if seq == 1 else said
            if digest != said:
                raise Fault(f"the hashes of {stream} are not those of its events")
            seq += 1
        header = store.header  # the seal is checked by the log, which raises
        if header.log_id != stream.log_id:
            raise Fault(f"{stream} is stored under another log's header")
        if self.kind != "office" and header.store not in ("", "north"):
            raise Fault(f"{stream} is stored, and it is another shop's")

    def _check_evidence(self, evidence: Batch) -> None:
        """Nobody is accused of a fork but by what it signed itself."""
        for seq, raw in enumerate(evidence.events, evidence.first_seq):
            if not self.world.signed(evidence.stream, seq, raw):
                raise Fault(f"{evidence.stream} is called forked by event {seq}, which its writer never wrote there")
        if evidence.stream.log_id not in self.world.forkers:
            raise Fault(f"{evidence.stream} is called forked, and it is not")

    def _check_close(self, close: Close, last: bytes | None) -> None:
        greeted = self.open.pop(close.link, None)
        if greeted is None:
            raise Fault("a link that is closed already is closed again")
        if close.code == "silent":
            self.codes.append("silent")
            return
        said = frames.decode(last) if last else None
        if isinstance(said, Refuse):
            self.codes.append(said.code)
            if said.code not in CODES or not said.text or said.code != close.code:
                raise Fault(f"refused with code {said.code!r} and text {said.text!r}")
            if len(said.text) > 1_000:
                raise Fault(f"a refusal of {len(said.text)} characters")

    def _weigh(self) -> None:
        """What is held is bounded by what is stored, by the links that are open, and by the streams they claim."""
        replica = self.node.replica
        links = replica._links.values()
        claims = sum(len(link.theirs) + len(link.part) + len(link.their_hashes) + len(link.lag) for link in links)
        fresh = weigh(Replica(self.node.me, self.node.log.held(), self.node.log.headers), self.shared)
        most = fresh + SLACK_BYTES + MAX_LINK_BYTES * len(links) + MAX_CLAIM_BYTES * claims
        most += 3_000 * len(self.node.log.rows)
        held = weigh(replica, (*self.shared, self.node.log))
        if held > most:
            raise Fault(f"{held} bytes are held, and with {len(links)} links and {claims} claims it may be {most}")

    def end(self) -> None:
        """Everybody leaves: nothing of them stays but what is stored, and the next peer is served as ever."""
        self.node.hold_disk, self.node.disk_error = False, None
        self.node.commit()
        for link in list(self.open):
            self.do(["cut", link])
        self._weigh()
        lab, node = self.lab, self.node
        honest = lab.terminal(number=31, store="north")
        lab.connect(honest, node)
        lab.settle()
        mine = {s: h for s, h in node.log.held().items() if self._goes_to_north(s)}
        theirs = {s: h for s, h in honest.log.held().items() if self._goes_to_north(s)}
        if {s: h.seq for s, h in mine.items()} != {s: h.seq for s, h in theirs.items()}:
            raise Fault("the next honest peer does not get all that is held")

    def _goes_to_north(self, stream: Stream) -> bool:
        store = self.node.log.headers[stream.log_id].store
        return store == "north" or (stream.name in ("menu", "settings", "promotions") and stream.scope in ("", "north"))


def genesis_chain(stream: Stream, raw: bytes) -> bytes:
    return chain(genesis(stream), raw)


def replay(world: World, case: Case, see: Callable[[Victim], None] | None = None) -> str:
    """What is wrong, or `""`."""
    victim = Victim(world, case.victim)
    try:
        for step in case.steps:
            victim.do(step)
        victim.end()
    except Exception as e:
        return f"{type(e).__name__}: {e}"[:300]
    finally:
        if see:
            see(victim)
    return ""

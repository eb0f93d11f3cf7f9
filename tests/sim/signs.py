"""Out-of-order signs and the keys of phones' links, when a day is over and all are in step; and somebody who says again
and again that he holds more of what a terminal wrote. What was said stands on every terminal, over a restart, too.
"""

from __future__ import annotations

import asyncio
import base64
import random
from typing import TYPE_CHECKING

from server.services.phone.events import SECRET_BYTES, key_id_of
from tests.sim.hands import Hands, in_step
from tests.sim.lies import Liar
from tests.sim.paper import again
from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

SIGNS = 0.2
"""Of all days, on so many signs go up, and links to phones get other keys."""

CLAIMS = 0.12
"""Of all days, on so many a stranger claims to hold more than there is."""

BELIEVED_WITHIN_S = 15.0
CLAIMS_S = 8.0
MORE = 1000


async def signs(day: Day) -> list[str]:
    rand = random.Random(f"{day.plan.seed}/signs")
    if rand.random() >= SIGNS or day.lying_logs:
        return []
    hands = Hands(day, rand.choice(day.stores), rand)
    if len(hands.terminals) < 2:
        return []
    await _sign(hands)
    await _keys(hands)
    return hands.problems


async def _sign(hands: Hands) -> None:
    """Staff put it up; that the screen fails says nothing else, and only whoever takes it down does."""
    at, other = hands.another(), hands.another()
    assert at.node is not None
    device_id = at.node.log.device_id
    await hands.do(other, "screens.close", device_id=device_id)
    await hands.do(at, "screens.fail", why="frozen")
    await hands.do(at, "screens.close", why="failing")
    await again(hands, at, lambda: at.kill(power=True))
    _must_show(hands, device_id, ("staff", other.name, 1))
    await hands.do(hands.another(), "screens.close", "unknown_device", device_id="nobody")
    last = hands.another()
    await hands.do(last, "screens.open", device_id=device_id)
    _must_show(hands, device_id, ("", last.name, 1))


def _must_show(hands: Hands, device_id: str, wanted: tuple[str, str, int]) -> None:
    for terminal in hands.terminals:
        lines = terminal.node.screens() if terminal.node is not None else []
        shown = [(line.why, line.by, line.failures) for line in lines if line.device_id == device_id]
        closed = [line.closed for line in lines if line.device_id == device_id]
        if shown != [wanted] or closed != [bool(wanted[0])]:
            hands.problems.append(f"{terminal.name} shows {shown} of a sign, which is {wanted}")


async def _keys(hands: Hands) -> None:
    """Of keys those hold that nobody has replaced: no link that was given out before opens any more, also not when
    whoever made the first one asks for it again."""
    old, new, more = (hands.rand.randbytes(SECRET_BYTES) for _ in range(3))
    at = hands.another()
    for secret, replace in ((old, False), (new, True), (more, False), (old, False)):
        await hands.do(hands.another(), "phone.key", secret=_text(secret), replace=replace)
    await again(hands, at, lambda: at.kill(power=False))
    for terminal in hands.terminals:
        known = terminal.node.phone_keys() if terminal.node is not None else {}
        if known != {key_id_of(secret): secret for secret in (new, more)}:
            hands.problems.append(f"{terminal.name} signs links with {list(known)}, and should with two others")


def _text(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


class Claimant(Liar):
    """Says of each terminal that it holds more of its orders than that does."""

    def claims(self, victim: Terminal) -> dict[str, dict[str, tuple[int, bytes]]]:
        log = victim.node.log if victim.node is not None else None
        return {log.log_id: {"orders": (log.position + MORE, bytes(32))}} if log is not None else {}


async def claimed(day: Day) -> list[str]:
    """A log ends, as its disk may be an older state of itself. The next one does not before anything was shown, though
    the terminal is started anew meanwhile."""
    rand = random.Random(f"{day.plan.seed}/claims")
    if rand.random() >= CLAIMS or day.lying_logs or day.plan.nights:
        return []
    hands = Hands(day, rand.choice(day.stores), rand)
    at = hands.terminals[0] if hands.terminals else None
    if at is None or at.node is None or at.node.log.claimed_lately(at.wall_ms()):
        return []
    before = list(at.logs)
    liar = Claimant(day, [at], rand)
    end = liar.begin(lambda i: [])
    until = day.now + BELIEVED_WITHIN_S
    while day.now < until and len(at.logs) == len(before):
        await asyncio.sleep(0.2)
    await again(hands, at, lambda: at.kill(power=True))
    await asyncio.sleep(CLAIMS_S)
    end()
    day.lying_logs.discard(liar.header.log_id)  # it wrote nothing
    await in_step(day)
    if len(at.logs) > len(before) + 1:
        hands.problems.append(f"{at.name} has begun {len(at.logs) - len(before)} logs, for somebody who showed nothing")
    return hands.problems

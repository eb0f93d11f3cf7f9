"""From "pay" to the number. One order, one charge, whatever is tapped twice or goes silent in between.

The order is placed first, held back from the kitchen until it is paid; every command keeps its id until it is
answered, so an attempt that is repeated after a silence is the same attempt.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from ui.client import Client, CommandRefused, ServerGone
from ui.kiosk.bill import tip_of
from ui.kiosk.memory import Memory, Record, Visit
from ui.line import NOT_KNOWN, Step

State = Literal["idle", "choose", "placing", "card", "asking", "failed", "silent", "done"]
Kind = Literal["card", "counter", "voucher"]
Answers = tuple["asyncio.Future[dict[str, Any]]", "asyncio.Future[dict[str, Any] | None]"]
CARD_TIMEOUT_S = 160.0
"""A card terminal gives a customer two minutes, and is asked what became of it after that."""

ASK_AGAIN_S = 2.0
ASK_FOR_S = 60.0
"""For so long a customer sees that it is asked whether the payment went through; then how to go on."""

SETTLE_TIMEOUT_S = 600.0
"""For so long what became of a payment is asked after when the customer has left; then staff find the order open."""


logger = logging.getLogger("pilotlight.kiosk")


def with_id(body: dict[str, Any]) -> dict[str, Any]:
    return {"command_id": str(uuid.uuid4()), **body}


def without_tip(capture: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in capture.items() if k != "tip_minor"}


class Payment(QObject):
    """`state`: choose → placing → card → done; `asking` while it is not known whether money was taken; `failed` (the
    card) and `silent` (no answer) offer a way on.

    `placed(order_id, tap_ns)` when the customer sees the number.
    """

    changed = Signal()
    placed = Signal(str, object)
    refused = Signal(str, str)  # the order itself can't be placed: code, text
    voucherRefused = Signal(str)  # why a voucher pays nothing: code
    voucherBack = Signal(int)  # what vouchers had paid of an order that was given up, in minor units

    def __init__(self, client: Client, memory: Memory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._memory = memory
        self.forget(keep=True)

    def forget(self, keep: bool = False) -> None:
        """Nothing of the customer before is left; `keep`: but for what the process before this one remembered."""
        self.state: State = "idle"
        self.kind: Kind = "card"
        self.failure = ""
        self.order_id = ""
        self.number = ""
        self.total_minor = self.paid_minor = 0
        self._vouchers: list[str] = []  # payments by vouchers that paid a part
        self._order: dict[str, Any] | None = None
        self._place: dict[str, Any] | None = None
        self._sent = False  # the order may be there, answered or not
        self._next: dict[str, Any] = {}  # the charge that comes next
        self._capture: dict[str, Any] | None = None  # a charge that may have happened
        self._visit = Visit()
        self.tip_percent: int | None = None  # None: nobody has said anything, and that is no tip
        self.called_off = False  # the customer has asked the card terminal to stop; what became of it is still asked
        self._turn = object()  # whose payment it is: an answer that comes late is not the next customer's
        self._tap_ns = 0
        if not keep:
            self._memory.forget()
        self.changed.emit()

    @property
    def busy(self) -> bool:
        return self.state in ("placing", "card")

    @property
    def at_counter(self) -> bool:
        """Whether what is due is paid at the counter; what costs nothing is not due."""
        return self.kind == "counter" and self.total_minor > 0

    @property
    def sent(self) -> bool:
        """Whether the shop may have the order: then it is the shop's word what can be had."""
        return self._sent

    @property
    def uncertain(self) -> bool:
        """Whether money may have been taken that nobody has confirmed: then the order must not be given up."""
        return self._capture is not None

    @property
    def tip_minor(self) -> int:
        """What the next charge gives on top."""
        return int((self._capture or self._next).get("tip_minor", 0)) if self.kind == "card" else 0

    def choose_tip(self, percent: int, basket_total: int) -> None:
        """Only while nothing is under way. It is part of the next charge."""
        if self.state == "choose" and self._place is not None:
            self.tip_percent = percent
            self._next = without_tip(self._next)
            if percent:
                self._next["tip_minor"] = tip_of(self.total_minor or basket_total, percent)
            self._keep()
            self.changed.emit()

    def _go(self, state: State, failure: str = "") -> None:
        self.state, self.failure = state, failure
        self.changed.emit()

    # -- what the customer does -----------------------------------------------------------------------------------

    def begin(self, order: dict[str, Any], visit: Visit | None = None) -> None:
        """Asks how to pay. `order` is the body of `orders.place` without its command's id."""
        if self.busy or self.uncertain:
            return
        self._visit = visit or Visit()
        if order != self._order:
            self._order = order
            self._place = {**order, "command_id": str(uuid.uuid4()), "order_id": str(uuid.uuid4())}
            self._next, self.tip_percent = {}, None
            self._next = self._new_capture()
            self.order_id = self.number = ""
            self.total_minor, self.paid_minor, self._sent, self._vouchers = 0, 0, False, []
        self._keep()
        self._go("choose")

    def resume(self, record: Record) -> None:
        """Takes up what the process before this one was at. Nothing is charged by that: the server is asked how the
        order stands, and the customer is shown it."""
        self._take_up(record)
        self._go("asking" if record.sent else "choose")
        self._client.spawn(self._find_order(record, self._turn))

    def see_to_its_end(self, record: Record) -> None:
        """Of a customer who has gone since: what is not paid is given up."""
        if record.sent and record.kind != "counter":
            self._client.spawn(self._settle(record.capture, record.vouchers))
        self._memory.forget()

    def _take_up(self, record: Record) -> None:
        self._visit, self._place, self._sent = record.visit, record.place, record.sent
        self._order = {k: v for k, v in record.place.items() if k not in ("command_id", "order_id")}
        self._next = record.capture if record.sent else without_tip(record.capture)
        self.kind = "counter" if record.kind == "counter" else "voucher" if record.kind == "voucher" else "card"
        self._capture = record.capture if record.sent and self.kind != "counter" else None
        self._vouchers = record.vouchers

    def _keep(self) -> None:
        """Remembers it for the case that this process dies."""
        if self._place is not None:
            capture = self._capture or self._next
            record = Record(time.time(), self._visit, self._place, capture, self.kind, self._sent, self._vouchers)
            self._memory.keep(record)

    def _new_capture(self) -> dict[str, Any]:
        assert self._place is not None
        kept = {"tip_minor": self._next["tip_minor"]} if "tip_minor" in self._next else {}
        return {"command_id": str(uuid.uuid4()), "tender": "card", "order_id": self._place["order_id"], **kept}

    def pay_by_voucher(self, code: str) -> None:
        """What it has, up to all that is due; what is left is paid otherwise."""
        if self.state in ("choose", "failed") and self._place is not None and not self.uncertain:
            body = {"command_id": str(uuid.uuid4()), "order_id": self._place["order_id"]}
            self._next = {**body, "tender": "voucher", "code": code}
            self.tip_percent = None
            self.pay("voucher")

    def pay(self, kind: Kind) -> None:
        """A second tap while the first is under way does nothing."""
        if self.state not in ("choose", "failed", "silent") or self._place is None:
            return
        if kind == "counter" and self.uncertain:
            return
        self.kind, self.called_off = kind, False
        self._tap_ns = time.monotonic_ns()
        self._turn = object()
        answers = None if self.order_id else self._send()  # before the screen draws that it does so
        self._keep()
        self._go("placing")
        self._client.spawn(self._run(answers, self._turn))

    def again(self) -> None:
        self.pay(self.kind)

    def call_off(self) -> None:
        """Asks the card terminal not to wait for a card any longer. The charge's own answer tells what became of it: a
        card that was there already has paid."""
        if self.state == "card" and self.order_id and not self.called_off:
            self.called_off = True
            self.changed.emit()
            self._client.spawn(self._call_off(self._turn))

    async def _call_off(self, turn: object) -> None:
        try:
            await self._client.command("payments.abort", with_id({"order_id": self.order_id}))
        except (CommandRefused, ServerGone):
            if turn is self._turn and self.state == "card":
                self.called_off = False  # it may be asked again
                self.changed.emit()

    def cancel(self, then: Callable[[], None]) -> None:
        """Gives up an order that is not done yet; a placed one is voided, so that nobody waits for its money."""
        if self.busy or self.uncertain:
            return
        place, vouchers, given_up = self._place, self._vouchers, self._sent and self.state != "done"
        self.forget()
        if given_up and place is not None:  # what is done is the customer's
            self._client.spawn(self._give_up(place["order_id"], vouchers, self._turn))
        then()

    def leave(self, then: Callable[[], None]) -> None:
        """The customer has gone. A charge that may have happened is asked after until it is known."""
        if self.busy:
            return
        if self.uncertain and self._capture is not None:
            self._client.spawn(self._settle(self._capture, self._vouchers))
            self.forget()
            then()
        else:
            self.cancel(then)

    # -- what the server does -------------------------------------------------------------------------------------

    def _send(self) -> Answers:
        """Places and charges: the charge follows as soon as the order is placed, and waits for no frame."""
        assert self._place is not None
        self._sent = True
        return self._client.command_then("orders.place", self._place, self._first_charge())

    async def _run(self, answers: Answers | None, turn: object) -> None:
        try:
            if answers is None or await self._placed_as(answers[0], turn):
                await self._charge(answers and answers[1], turn)
        except Exception as e:
            self._no_answer(e, turn)

    async def _placed_as(self, answer: Awaitable[dict[str, Any]], turn: object) -> bool:
        """Whether the order is there, and whoever it is for, too."""
        try:
            result = (await answer)["result"]
        except CommandRefused as e:
            if turn is self._turn:
                self.forget()
                self.refused.emit(e.code, e.text)
            return False
        if turn is not self._turn:
            return False
        self.order_id, self.number = str(result["order_id"]), str(result["number"])
        self.total_minor = int(result["total_minor"])
        return True

    def _first_charge(self) -> Callable[[dict[str, Any]], Step | None]:
        """What is to be sent when the order is placed: the charge, if there is one."""
        capture = None if self.kind == "counter" else self._next
        timeout_s = CARD_TIMEOUT_S

        def charge(answer: dict[str, Any]) -> Step | None:
            result = answer["result"]
            if capture is None or not int(result["total_minor"]):
                return None
            self._capture = capture  # from here on it may have happened
            return "payments.capture", capture, timeout_s

        return charge

    async def _charge(self, charged: Awaitable[dict[str, Any] | None] | None, turn: object) -> None:
        """`charged`: the answer to the charge that is on its way, if one is."""
        if self.kind == "counter" or self.total_minor == 0:
            self._done()
            return
        if charged is None:
            self._capture = self._capture or self._next
            self._keep()
            charged = self._client.command("payments.capture", self._capture, timeout_s=CARD_TIMEOUT_S)
        self._go("placing" if self.kind == "voucher" else "card")
        try:
            self._answered(await charged)
        except CommandRefused as e:
            if e.code in NOT_KNOWN:
                await self._ask(turn)
            else:
                self._not_charged(e)

    async def _ask(self, turn: object) -> None:
        """Until it is known what became of the charge. Nothing is charged now that is not yet."""
        self._go("asking")
        capture, until = {**(self._capture or self._next), "resume": True}, time.monotonic() + ASK_FOR_S
        while turn is self._turn:
            try:
                answer = await self._client.command("payments.capture", capture, timeout_s=ASK_FOR_S)
            except CommandRefused as e:
                if turn is not self._turn:
                    return
                if e.code not in NOT_KNOWN:
                    self._not_charged(e)
                    return
                if time.monotonic() > until:
                    raise ServerGone("payments.capture") from None
                await asyncio.sleep(ASK_AGAIN_S)
            else:
                if turn is self._turn:
                    self._answered(answer)
                return

    def _answered(self, answer: dict[str, Any] | None) -> None:
        """The card was charged; perhaps for less than is due, where it holds no more."""
        capture, self._capture = self._capture or self._next, None
        result = (answer or {}).get("result", {})
        if result.get("paid") is False:
            self.paid_minor = max(0, self.total_minor - int(result.get("due_minor", self.total_minor)))
            self._next, self.tip_percent = {}, None
            self._next = self._new_capture()
            if self.kind == "voucher":
                self._vouchers = [*self._vouchers, str(capture.get("command_id"))]
                self.kind = "card"
                self._keep()
                self._go("choose")
            else:
                self._go("failed", "card_part")
        else:
            self._done()

    def _not_charged(self, refused: CommandRefused) -> None:
        self.called_off = False
        self._capture = None  # it did not happen; another try is another charge
        self._next = self._new_capture()
        pressed = self._tap_ns > 0  # else the screen before this one was at it
        never_made = refused.code == "not_attempted"
        if refused.code == "nothing_due":
            self._done()
        elif self.kind == "voucher" and refused.code != "order_voided" and (pressed or not never_made):
            self.kind = "card"
            self._next = without_tip(self._next)
            self._keep()
            self._go("choose")
            self.voucherRefused.emit(refused.code)
        elif never_made and not pressed:
            self.kind = "card"
            self._next = without_tip(self._next)  # nothing is chosen for anybody
            self._go("choose")
        elif refused.code == "order_voided":  # by staff, meanwhile
            self.forget()
            self.refused.emit(refused.code, refused.text)
        else:
            self._keep()
            self._go("failed", refused.code)

    async def _find_order(self, record: Record, turn: object) -> None:
        """What the process before this one had got to: no order, an order, or a paid one."""
        if turn is not self._turn:
            return
        try:
            if not record.sent:
                if not await self._is_there(record):
                    return
                if turn is not self._turn or self.state != "choose":
                    return
                self._sent, self._capture = True, record.capture
                self._go("asking")
            if not await self._placed_as(self._client.command("orders.place", record.place), turn):
                return
            if self.kind == "counter" or not self.total_minor:
                self._done()
            else:
                await self._look_what_is_paid(turn)
                if turn is self._turn:
                    await self._ask(turn)
        except Exception as e:
            self._no_answer(e, turn)

    def _no_answer(self, error: Exception, turn: object) -> None:
        """Or none that anybody understands: the customer must not stand before "one moment" for ever."""
        if not isinstance(error, ServerGone):
            logger.error("a payment has no answer", exc_info=error)
        if turn is self._turn:
            self._go("silent")

    async def _look_what_is_paid(self, turn: object) -> None:
        """By vouchers, before this process."""
        if self._vouchers:
            with contextlib.suppress(CommandRefused, ServerGone):
                order = await self._client.ask(f"/v1/orders/{self.order_id}")
                if turn is self._turn:
                    self.paid_minor = min(self.total_minor, int(order.get("paid_minor", 0)))

    async def _is_there(self, record: Record) -> bool:
        try:
            await self._client.command("payments.capture", {**record.capture, "resume": True})
        except CommandRefused as e:
            return e.code != "unknown_order"
        except ServerGone:
            return False
        return True

    def _done(self) -> None:
        self._keep()
        self._go("done")
        self.placed.emit(self.order_id, self._tap_ns)

    async def _give_up(self, order_id: str, vouchers: list[str], turn: object) -> None:
        back_minor = await self._void(order_id, vouchers)
        if back_minor and turn is self._turn:
            self.voucherBack.emit(back_minor)

    async def _void(self, order_id: str, vouchers: list[str]) -> int:
        """Gives the order up, and back what vouchers paid of it. Returns how much that is, in minor units."""
        body = {"order_id": order_id, "reason": "customer cancelled"}
        back_minor = 0
        with contextlib.suppress(CommandRefused, ServerGone):  # it stays an open order that staff see and can void
            await self._client.command("orders.void", with_id(body), timeout_s=SETTLE_TIMEOUT_S)
            for payment_id in vouchers:
                back = with_id({**body, "payment_id": payment_id})
                answer = await self._client.command("payments.refund", back, timeout_s=SETTLE_TIMEOUT_S)
                back_minor += int(answer["result"].get("amount_minor", 0))
        return back_minor

    async def _settle(self, capture: dict[str, Any], vouchers: list[str]) -> None:
        """Nobody is there any more: the charge is asked after, and an order that is not paid given up."""
        until = time.monotonic() + SETTLE_TIMEOUT_S
        while time.monotonic() < until:
            try:
                answer = await self._client.command(
                    "payments.capture", {**capture, "resume": True}, timeout_s=until - time.monotonic()
                )
                if capture["tender"] == "voucher" and answer.get("result", {}).get("paid") is False:
                    await self._void(capture["order_id"], [*vouchers, capture["command_id"]])
                return
            except CommandRefused as e:
                if e.code not in NOT_KNOWN:
                    if e.code not in ("nothing_due", "unknown_order"):
                        await self._void(capture["order_id"], vouchers)
                    return
                await asyncio.sleep(ASK_AGAIN_S)
            except ServerGone:
                return  # staff see the order, held, with its attempt

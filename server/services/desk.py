"""The desk: where commands come in, are read strictly, and go to the decider that answers them.

It holds what only commands need: the next order number, and which orders have a card payment under way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import msgspec

from server.event import Draft, Refused
from server.services.asked import FromCommand, check_same
from server.services.baskets import commands as baskets
from server.services.baskets import decider as baskets_decider
from server.services.causes import dated
from server.services.command import Command, check_uuid, decode
from server.services.decision import Decision, Refusal
from server.services.kitchen import commands as kitchen
from server.services.kitchen import decider as kitchen_decider
from server.services.membership.state import choose_prefix, claim, first_number
from server.services.menu import commands as menu
from server.services.menu import decider as menu_decider
from server.services.menu.read_model import Sold
from server.services.orders import commands as orders
from server.services.orders import decider as orders_decider
from server.services.orders.decider import Till
from server.services.orders.events import Order
from server.services.orders.state import Print
from server.services.orders.view import view
from server.services.payments import commands as payments
from server.services.payments import decider as payments_decider
from server.services.payments import refunds
from server.services.payments.card_terminal import CardDealing, CardOutcome, CardRefund, CardRequest, moves, name_of
from server.services.payments.decider import ATTEMPT_BLOCKS_MS
from server.services.payments.offline import OfflineLimits, Stored, online_only
from server.services.payments.state import PaymentsState
from server.services.phone import commands as phone
from server.services.phone import decider as phone_decider
from server.services.receipts import commands as receipts
from server.services.receipts import decider as receipts_decider
from server.services.screens import commands as screens
from server.services.screens import decider as screens_decider
from server.services.screens.state import ScreenState
from server.services.shop import Services
from server.services.stock import commands as stock
from server.services.stock import decider as stock_decider
from server.services.vouchers import commands as vouchers
from server.services.vouchers import decider as vouchers_decider
from server.services.vouchers.events import APART_MINOR, voucher_id_of

COMMANDS: dict[str, type[Command]] = {
    "orders.place": orders.Place,
    "orders.amend": orders.Amend,
    "orders.accept": orders.Accept,
    "orders.start": orders.Start,
    "orders.ready": orders.Ready,
    "orders.collect": orders.Collect,
    "orders.void": orders.Void,
    "stock.out": stock.Out,
    "stock.back": stock.Back,
    "stock.count": stock.Count,
    "payments.capture": payments.Capture,
    "payments.abort": payments.Abort,
    "payments.refund": payments.Refund,
    "payments.write_off": payments.WriteOff,
    "kitchen.bump": kitchen.Bump,
    "kitchen.recall": kitchen.Recall,
    "menu.publish": menu.Publish,
    "phone.key": phone.Key,
    "baskets.park": baskets.Park,
    "screens.close": screens.Close,
    "screens.open": screens.Open,
    "screens.fail": screens.Fail,
    "vouchers.issue": vouchers.Issue,
    "vouchers.cancel": vouchers.Cancel,
    "receipts.print": receipts.Print,
    "receipts.begin": receipts.Begin,
    "receipts.end": receipts.End,
}


def marked(decision: Decision, asked: str) -> Decision:
    """Its drafts say by which body they came about."""
    if not asked:
        return decision
    return msgspec.structs.replace(decision, drafts=[_marked(draft, asked) for draft in decision.drafts])


def _marked(draft: Draft, asked: str) -> Draft:
    if not isinstance(draft.data, FromCommand):
        return draft
    return msgspec.structs.replace(draft, data=msgspec.structs.replace(draft.data, asked=asked))


class Desk:
    """Reading after writing: a command must see the events of the commands before it, so call `decide` only when the
    shop has applied the last event that this node appended."""

    def __init__(self, shop: Services, offline: OfflineLimits = OfflineLimits()) -> None:  # noqa: B008
        self._shop = shop
        self.offline = offline
        self.apart: Callable[[], bool] = lambda: False  # in touch with none of the store's other terminals
        self.voucher_apart_minor = APART_MINOR
        self.has_printer = False  # whether this terminal has one for receipts
        self._lock = threading.RLock()
        self._serials: dict[str, int] = {}  # business day -> last number given, applied to the read model or not
        self._card_under_way: dict[str, tuple[str, int]] = {}  # order id -> (payment id, since ms)

    def decide(
        self, name: str, body: dict[str, Any] | bytes, command_id: str, now_ms: int, asked: str = ""
    ) -> Decision:
        """What the command leads to. Raises `Refused`, and nothing else, whatever the body is. `asked` is the body's
        `fingerprint`."""
        with self._lock:
            decision = self._dated(self._decide(name, body, command_id, now_ms, asked))
        if decision.payment is not None and asked:
            payment = msgspec.structs.replace(decision.payment, asked=asked)
            decision = msgspec.structs.replace(decision, payment=payment)
        return marked(decision, asked)

    def _dated(self, decision: Decision) -> Decision:
        return msgspec.structs.replace(decision, drafts=dated(decision.drafts, self._shop))

    def _decide(self, name: str, body: dict[str, Any] | bytes, command_id: str, now_ms: int, asked: str) -> Decision:
        into = COMMANDS.get(name)
        if into is None:
            raise Refused("unknown_command", f"There is no command “{name[:80]}”. There are: {', '.join(COMMANDS)}.")
        check_uuid(command_id, "command_id")
        command = decode(body, into)
        if not self._shop.store and not isinstance(command, menu.Publish):
            raise Refused(
                "only_in_a_store", f"“{name}” is done in a store, at one of its terminals. Head office publishes menus."
            )
        match command:
            case orders.Place():
                return self._place(command, command_id, now_ms, asked)
            case orders.Amend():
                found = self._shop.order_book.state(command.order_id)
                till = self._till(now_ms, "")
                return Decision(*orders_decider.amend(found, command, command_id, till))
            case orders.Accept() | orders.Start() | orders.Ready() | orders.Collect():
                found = self._shop.order_book.state(command.order_id)
                return Decision(*orders_decider.move(found, command, self._shop.label))
            case orders.Void():
                found = self._shop.order_book.state(command.order_id)
                self._check_no_card(command.order_id, "", now_ms)
                return Decision(*orders_decider.void(found, command, self._shop.label))
            case payments.Capture():
                return self._capture(command, command_id, now_ms, asked)
            case payments.Abort():
                asked, _ = self._card_under_way.get(command.order_id, ("", 0))
                order, state = self._order(command.order_id), self._payments(command.order_id)
                called_off = payments_decider.abort(state, order, asked)
                result = {"order_id": command.order_id, "payment_id": called_off.payment_id}
                return Decision([], result, abort=called_off)
            case payments.Refund():
                return self._refund(command, command_id, now_ms, asked)
            case payments.WriteOff():
                order = self._order(command.order_id)
                return Decision(*refunds.write_off(order, command, command_id, self._shop.label))
            case kitchen.Bump():
                ticket = self._shop.kitchen.state(command.order_id)
                return Decision(*kitchen_decider.bump(ticket, command, self._shop.label))
            case kitchen.Recall():
                ticket = self._shop.kitchen.state(command.order_id)
                return Decision(*kitchen_decider.recall(ticket, command, self._shop.label))
            case menu.Publish():
                today = self._shop.stores_sales(self._shop.business_day(now_ms))
                sold_in = {store: sales.currency for store, sales in today.items() if sales.orders}
                drafts, result = menu_decider.publish(command, self._shop.store, sold_in)
                unheard = sorted(set(command.stores or ()) - self._shop.stores_heard_of())
                return Decision(drafts, result | ({"unknown_stores": unheard} if unheard else {}))
            case baskets.Park():
                return Decision(*baskets_decider.park(self._shop.baskets.state, command, command_id, now_ms, asked))
            case vouchers.Issue():
                found_voucher = self._shop.vouchers.state(voucher_id_of(command.code))
                currency = self._sold().carte.menu.currency
                return Decision(
                    *vouchers_decider.issue(found_voucher, command, command_id, currency, self._shop.label, asked)
                )
            case vouchers.Cancel():
                found_voucher = self._shop.vouchers.state(voucher_id_of(command.code))
                return Decision(*vouchers_decider.cancel(found_voucher, command, self._shop.label))
            case receipts.Print() | receipts.Begin() | receipts.End():
                return self._receipt(command, command_id)
            case phone.Key():
                return Decision(*phone_decider.key(self._shop.phone.all, command))
            case screens.Close() | screens.Open() | screens.Fail():
                return self._screen(command, now_ms)
            case _:
                return self._stock(command)

    def _screen(self, command: screens.Close | screens.Open | screens.Fail, now_ms: int) -> Decision:
        shop, own = self._shop, self._shop.device_id
        about = own if isinstance(command, screens.Fail) else command.device_id or own
        state = shop.screens.all.get(about, ScreenState())
        if isinstance(command, screens.Fail):
            return Decision(*screens_decider.fail(state, command, about, now_ms))
        known = {own, *shop.store_members(shop.store)}
        decide = screens_decider.close if isinstance(command, screens.Close) else screens_decider.open_
        return Decision(*decide(state, command, about, known, shop.label))  # type: ignore[arg-type]

    def _stock(self, command: Command) -> Decision:
        carte, label = self._sold().carte, self._shop.label
        match command:
            case stock.Out():
                return Decision(*stock_decider.out(command, carte, label))
            case stock.Back():
                return Decision(*stock_decider.back(command, carte, label))
            case stock.Count():
                return Decision(*stock_decider.count(command, carte, label))
        raise AssertionError(f"no decider for {type(command).__name__}")

    # -- orders -----------------------------------------------------------------------------------------------------

    def _sold(self) -> Sold:
        sold = self._shop.sold()
        if sold is None:
            raise Refused("no_menu", "There is no menu here yet. Import or publish one first.")
        return sold

    def _till(self, now_ms: int, number: str) -> Till:
        sold = self._sold()
        return Till(
            carte=sold.carte,
            menu_version=sold.version,
            available=self._shop.availability(now_ms),
            device_id=self._shop.device_id,
            label=self._shop.label,
            business_day=self._shop.business_day(now_ms),
            number=number,
        )

    def _place(self, command: orders.Place, command_id: str, now_ms: int, asked: str) -> Decision:
        order_id = orders_decider.order_id_of(command, command_id)
        state = self._shop.order_book.state(order_id)
        known = state if state is not None and state.placed is not None else None
        day = self._shop.business_day(now_ms)
        serial = self._next_serial(day)
        till = self._till(now_ms, f"{self._prefix()}{serial}")
        drafts, result = orders_decider.place(known, command, command_id, order_id, till, asked)
        if drafts:
            self._serials = {day: serial}  # an order that is refused, or there already, uses up no number
        return Decision(drafts, result)

    def _next_serial(self, day: str) -> int:
        device_id = self._shop.device_id
        last = max(self._serials.get(day, 0), self._shop.order_book.last_serial(device_id, day))
        return last + 1 if last else first_number(device_id)

    def _prefix(self) -> str:
        """Ours, or the one we are about to claim."""
        members = self._shop.store_members(self._shop.store)
        for draft in claim(self._shop.device_id, self._shop.label, self._shop.role, members, self._shop.log_id):
            return str(draft.data.prefix)
        own = members.get(self._shop.device_id)
        return own.joined.prefix if own and own.joined else choose_prefix(self._shop.device_id, set())

    def _receipt(self, command: receipts.Print | receipts.Begin | receipts.End, command_id: str) -> Decision:
        state, _ = orders_decider.known(self._shop.order_book.state(command.order_id))
        match command:
            case receipts.Print():
                return Decision(*receipts_decider.ask(state, command, command_id, self._shop.label, self.has_printer))
            case receipts.Begin():
                return Decision(*receipts_decider.begin(state, command))
            case receipts.End():
                return Decision(*receipts_decider.end(state, command))

    def receipts_waiting(self) -> list[tuple[str, str, Print]]:
        """(order id, print id, how it stands) of the receipts that are to come out of this terminal's printer."""
        waiting = self._shop.order_book.printing()
        return [
            (order_id, print_id, one)
            for order_id, state in waiting.items()
            for print_id, one in state.prints.items()
            if one.log_id and not one.ended and self.is_ours(one.log_id)
        ]

    # -- payments ---------------------------------------------------------------------------------------------------

    def _order(self, order_id: str) -> Order:
        state = self._shop.order_book.state(order_id)
        orders_decider.known(state)
        order = view(order_id, state) if state else None
        assert order is not None
        return order

    def _payments(self, order_id: str) -> PaymentsState:
        return self._shop.payments.state(order_id) or PaymentsState()

    def _check_no_card(self, order_id: str, payment_id: str, now_ms: int) -> None:
        """Raises `payment_in_progress` while the card terminal is being asked about another payment of the order."""
        asked, since = self._card_under_way.get(order_id, ("", 0))
        if asked and asked != payment_id and now_ms - since < ATTEMPT_BLOCKS_MS:
            raise Refused(
                "payment_in_progress", "A card payment for this order is already under way. Wait until it has ended."
            )

    def _capture(self, command: payments.Capture, command_id: str, now_ms: int, asked: str) -> Decision:
        order, state = self._order(command.order_id), self._payments(command.order_id)
        self._check_no_card(command.order_id, command.payment_id or command_id, now_ms)
        payment_id = command.payment_id if command.payment_id is not None else command_id
        known = state.payments.get(payment_id)
        if known is not None and payment_id == command_id:
            check_same(known.asked, asked)
        if command.tender == "voucher" and not command.resume and (known is None or known.how != "captured"):
            return self._redeem(command, payment_id, order, state, now_ms)
        label, is_ours = self._shop.label, self.is_ours
        drafts, result, request = payments_decider.capture(state, order, command, command_id, now_ms, label, is_ours)
        if request is not None:
            orders = self._shop.payments.stored().values()
            stored = [Stored(p.amount_minor + p.tip_minor, p.ms) for one in orders for p in one.stored.values()]
            alone = online_only(moves(request), stored, now_ms, self.offline)
            request = msgspec.structs.replace(request, online_only=alone)
        elif not drafts and command.tender == "voucher" and command.code is not None:
            voucher = self._shop.vouchers.state(voucher_id_of(command.code))
            result["voucher_left_minor"] = voucher.balance_minor if voucher else 0
        return Decision(drafts, result, request)

    def _redeem(
        self, command: payments.Capture, payment_id: str, order: Order, state: PaymentsState, now_ms: int
    ) -> Decision:
        """What a voucher pays is taken off it in the same breath."""
        code, label = command.code or "", self._shop.label
        taken = self._taken(code, payment_id, order)
        if taken is not None:
            return taken
        wanted = payments_decider.payable(state, order, command, payment_id, now_ms)
        limits = vouchers_decider.Limits(
            self._shop.business_day(now_ms), now_ms, self.apart(), self.voucher_apart_minor, self.is_ours
        )
        found = self._shop.vouchers.state(voucher_id_of(code))
        redeemed, amount = vouchers_decider.redeem(
            found, code, payment_id, order.order_id, wanted, order.currency, limits, label
        )
        drafts, result, _ = payments_decider.by_voucher(order, payment_id, amount, redeemed.aggregate_id, label)
        left = found.balance_minor - amount if found and found.issued and not found.issued.single else 0
        return Decision([*drafts, redeemed], result | {"voucher_left_minor": left})

    def _taken(self, code: str, payment_id: str, order: Order) -> Decision | None:
        """The voucher's half of this payment is known already: whoever asked lost its terminal in the middle."""
        voucher_id = voucher_id_of(code)
        found = self._shop.vouchers.state(voucher_id)
        use = found.uses.get(payment_id) if found is not None else None
        if found is None or use is None or use.order_id != order.order_id:
            return None
        by_voucher = payments_decider.by_voucher(order, payment_id, use.amount_minor, voucher_id, self._shop.label)
        return Decision(by_voucher[0], by_voucher[1] | {"voucher_left_minor": found.balance_minor})

    def _refund(self, command: payments.Refund, command_id: str, now_ms: int, asked: str) -> Decision:
        order, state = self._order(command.order_id), self._payments(command.order_id)
        self._check_no_card(command.order_id, command_id, now_ms)
        half = self._returned(command_id, order) if command_id not in state.refunds else None
        if half is not None:
            return Decision(*refunds.by_voucher(order, *half, command, command_id, self._shop.label))
        label, is_ours = self._shop.label, self.is_ours
        drafts, result, refund = refunds.refund(state, order, command, command_id, now_ms, label, asked, is_ours)
        for draft in list(drafts):
            back = draft.data
            voucher = next((t.voucher for t in order.tenders if t.payment_id == getattr(back, "payment_id", "")), "")
            if voucher:
                drafts.append(
                    vouchers_decider.give_back(
                        voucher, back.refund_id, back.payment_id, back.amount_minor, self._shop.label
                    )
                )
        return Decision(drafts, result, refund)

    def _returned(self, refund_id: str, order: Order) -> tuple[str, int] | None:
        """The voucher's half of this refund, as payment and amount, where it is known already."""
        for tender in order.tenders:
            found = self._shop.vouchers.state(tender.voucher) if tender.voucher else None
            use = found.uses.get(tender.payment_id) if found is not None else None
            if use is not None and refund_id in use.returned:
                return tender.payment_id, use.returned[refund_id]
        return None

    def begin(self, dealing: CardDealing, now_ms: int) -> None:
        """The card terminal is about to be asked: until it has answered (`settle`) or could not (`leave_open`), nobody
        else takes or gives back money for the order here."""
        with self._lock:
            self._card_under_way[dealing.order_id] = (name_of(dealing), now_ms)

    def is_under_way(self, dealing: CardDealing) -> bool:
        """Whether the card terminal is being asked for this very payment or refund now."""
        with self._lock:
            return self._card_under_way.get(dealing.order_id, ("", 0))[0] == name_of(dealing)

    def leave_open(self, dealing: CardDealing) -> None:
        """The card terminal could not say what became of it: whoever asks may ask again."""
        with self._lock:
            if self._card_under_way.get(dealing.order_id, ("", 0))[0] == name_of(dealing):
                del self._card_under_way[dealing.order_id]

    def settle(self, dealing: CardDealing, outcome: CardOutcome) -> Decision:
        """The decision of a `payments.capture` or `payments.refund` after the card terminal answered."""
        with self._lock:
            self.leave_open(dealing)
            state = self._shop.order_book.state(dealing.order_id)
            order = view(dealing.order_id, state) if state else None
            before = self._payments(dealing.order_id)
            if isinstance(dealing, CardRefund):
                drafts, result, refusal = refunds.settle_refund(before, order, dealing, outcome, self.is_ours)
                if dealing.refund_id in before.refunds:
                    return Decision([], result)
                decided = Decision(dated(drafts, self._shop), result, refusal=Refusal(*refusal) if refusal else None)
                return marked(decided, dealing.asked)
            known = before.payments.get(dealing.payment_id)
            drafts, result, refusal = payments_decider.settle(before, order, dealing, outcome, self.is_ours)
            drafts = dated(drafts, self._shop)
            if known is not None and known.how == "captured":  # asked twice, charged once: it is recorded already
                due = {"due_minor": order.due_minor, "paid": order.due_minor == 0} if order else {}
                return Decision([], result | due)
            return marked(Decision(drafts, result, refusal=Refusal(*refusal) if refusal else None), dealing.asked)

    def stored(self) -> list[CardRequest]:
        """Cards that our card terminal took without a line, and of which the bank has not been heard."""
        found: list[CardRequest] = []
        for order_id, state in self._shop.payments.stored().items():
            known = self._shop.order_book.state(order_id)
            currency = known.placed.currency if known and known.placed else ""
            found += [
                CardRequest(payment_id, order_id, p.amount_minor, currency, tip_minor=p.tip_minor)
                for payment_id, p in state.stored.items()
                if self.is_ours(p.log_id)
            ]
        return found

    def settle_stored(self, request: CardRequest, outcome: CardOutcome) -> Decision:
        with self._lock:
            drafts, result = payments_decider.settle_stored(self._payments(request.order_id), request, outcome)
            return self._dated(Decision(drafts, result))

    def is_ours(self, log_id: str) -> bool:
        return log_id == self._shop.log_id or self._shop.device_of(log_id) == self._shop.device_id

    def unsettled(self) -> list[CardDealing]:
        """Card payments of this terminal that were attempted and never answered (it died in between): ask the card
        terminal about each at start, with the same payment id, and append what `settle` says."""
        found: list[CardDealing] = []
        for order_id, state in self._shop.payments.pending().items():
            known = self._shop.order_book.state(order_id)
            currency = known.placed.currency if known and known.placed else ""
            found += payments_decider.unanswered(order_id, state, self.is_ours, currency)
        return found

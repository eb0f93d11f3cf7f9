"""The desk: where commands come in, are read strictly, and go to the decider that answers them.

It holds what only commands need: the next order number, and which orders have a card payment under way.
"""

from __future__ import annotations

import threading
from typing import Any

import msgspec

from server.event import Refused
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
from server.services.orders.view import view
from server.services.payments import commands as payments
from server.services.payments import decider as payments_decider
from server.services.payments.card_terminal import CardOutcome, CardRequest
from server.services.payments.decider import ATTEMPT_BLOCKS_MS
from server.services.payments.state import PaymentsState
from server.services.shop import Services
from server.services.stock import commands as stock
from server.services.stock import decider as stock_decider

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
    "payments.refund": payments.Refund,
    "kitchen.bump": kitchen.Bump,
    "kitchen.recall": kitchen.Recall,
    "menu.publish": menu.Publish,
}


class Desk:
    """Reading after writing: a command must see the events of the commands before it, so call `decide` only when the
    shop has applied the last event that this node appended."""

    def __init__(self, shop: Services) -> None:
        self._shop = shop
        self._lock = threading.RLock()
        self._serials: dict[str, int] = {}  # business day -> last number given, applied to the read model or not
        self._card_under_way: dict[str, tuple[str, int]] = {}  # order id -> (payment id, since ms)

    def decide(self, name: str, body: dict[str, Any] | bytes, command_id: str, now_ms: int) -> Decision:
        """What the command leads to. Raises `Refused`, and nothing else, whatever the body is."""
        with self._lock:
            return self._dated(self._decide(name, body, command_id, now_ms))

    def _dated(self, decision: Decision) -> Decision:
        return msgspec.structs.replace(decision, drafts=dated(decision.drafts, self._shop))

    def _decide(self, name: str, body: dict[str, Any] | bytes, command_id: str, now_ms: int) -> Decision:
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
                return self._place(command, command_id, now_ms)
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
                return self._capture(command, command_id, now_ms)
            case payments.Refund():
                order = self._order(command.order_id)
                return Decision(*payments_decider.refund(order, command, command_id, self._shop.label))
            case kitchen.Bump():
                ticket = self._shop.kitchen.state(command.order_id)
                return Decision(*kitchen_decider.bump(ticket, command, self._shop.label))
            case kitchen.Recall():
                ticket = self._shop.kitchen.state(command.order_id)
                return Decision(*kitchen_decider.recall(ticket, command, self._shop.label))
            case menu.Publish():
                drafts, result = menu_decider.publish(command, self._shop.store)
                unheard = sorted(set(command.stores or ()) - self._shop.stores_heard_of())
                return Decision(drafts, result | ({"unknown_stores": unheard} if unheard else {}))
            case _:
                return self._stock(command)

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

    def _place(self, command: orders.Place, command_id: str, now_ms: int) -> Decision:
        order_id = orders_decider.order_id_of(command, command_id)
        state = self._shop.order_book.state(order_id)
        known = state if state is not None and state.placed is not None else None
        day = self._shop.business_day(now_ms)
        serial = self._next_serial(day)
        till = self._till(now_ms, f"{self._prefix()}{serial}")
        drafts, result = orders_decider.place(known, command, command_id, order_id, till)
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

    def _capture(self, command: payments.Capture, command_id: str, now_ms: int) -> Decision:
        order, state = self._order(command.order_id), self._payments(command.order_id)
        self._check_no_card(command.order_id, command.payment_id or command_id, now_ms)
        drafts, result, request = payments_decider.capture(state, order, command, command_id, now_ms, self._shop.label)
        if request is not None:
            self._card_under_way[command.order_id] = (request.payment_id, now_ms)
        return Decision(drafts, result, request)

    def is_under_way(self, request: CardRequest) -> bool:
        """Whether the card terminal is being asked for this very payment now."""
        with self._lock:
            return self._card_under_way.get(request.order_id, ("", 0))[0] == request.payment_id

    def settle(self, request: CardRequest, outcome: CardOutcome) -> Decision:
        """The decision of a `payments.capture` after the card terminal answered."""
        with self._lock:
            asked, _ = self._card_under_way.get(request.order_id, ("", 0))
            if asked == request.payment_id:
                del self._card_under_way[request.order_id]
            state = self._shop.order_book.state(request.order_id)
            order = view(request.order_id, state) if state else None
            known = self._payments(request.order_id).payments.get(request.payment_id)
            drafts, result, refusal = payments_decider.settle(order, request, outcome)
            drafts = dated(drafts, self._shop)
            if known is not None and known.how == "captured":  # asked twice, charged once: it is recorded already
                return Decision([], result | ({"due_minor": order.due_minor} if order else {}))
            return Decision(drafts, result, refusal=Refusal(*refusal) if refusal else None)

    def _is_ours(self, log_id: str) -> bool:
        return log_id == self._shop.log_id or self._shop.device_of(log_id) == self._shop.device_id

    def unsettled(self) -> list[CardRequest]:
        """Card payments of this terminal that were attempted and never answered (it died in between): ask the card
        terminal about each at start, with the same payment id, and append what `settle` says."""
        found: list[CardRequest] = []
        for order_id, state in self._shop.payments.pending().items():
            known = self._shop.order_book.state(order_id)
            currency = known.placed.currency if known and known.placed else ""
            found += payments_decider.unanswered(order_id, state, self._is_ours, currency)
        return found

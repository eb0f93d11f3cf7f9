"""The services of one node put together: events in, views out. Commands are taken at the `desk`, which reads here.

Threads: `apply` runs in one worker thread at a time; everything else may be called from any thread meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from server.clock import wall_ms
from server.event import Draft, Event, Frontier, Header, Refused, Stream
from server.services import business_day as business_days
from server.services.baskets.events import Parked
from server.services.baskets.read_model import Baskets
from server.services.causes import dated
from server.services.decision import Changes
from server.services.fact import At, Fact, fact_of
from server.services.halves import HALF_MS, LOOK_BACK_MS, missing
from server.services.health.read_model import Healths
from server.services.kitchen.events import Ticket
from server.services.kitchen.read_model import Tickets
from server.services.kitchen.state import TicketState
from server.services.kitchen.state import view as view_ticket
from server.services.membership.events import Member
from server.services.membership.read_model import Members
from server.services.membership.state import MemberState, claim, losers
from server.services.menu import events as menu_events
from server.services.menu.decider import check_menu
from server.services.menu.events import Menu
from server.services.menu.read_model import Menus, Sold
from server.services.orders.events import Order, Sales
from server.services.orders.read_model import Orders
from server.services.orders.state import OrderState
from server.services.orders.view import view as view_order
from server.services.payments.read_model import Payments
from server.services.phone.read_model import Keys
from server.services.read_model import Changed, ReadModel, ReadModelLost
from server.services.retention.archive import Archive, marked
from server.services.retention.carried import proven, saved
from server.services.retention.events import ARCHIVED, SAVED, Archived, Proof, Saved
from server.services.retention.open import order_is_open, payment_is_open, subject_is_needed
from server.services.retention.rule import NO_TOPS, Kept, below, needed, since
from server.services.screens.events import ScreenLine
from server.services.screens.read_model import Screens
from server.services.screens.state import ScreenState
from server.services.screens.view import line_of
from server.services.stock import events as stock_events
from server.services.stock.availability import availability
from server.services.stock.events import Availability, Counted, stock_key
from server.services.stock.read_model import Stocks
from server.services.stock.state import SubjectState
from server.services.tables import Tables
from server.services.vouchers.read_model import Vouchers
from server.services.vouchers.state import VoucherState
from server.services.warnings import sold_while_out

Progress = Callable[[int, int], None]
"""Called with (events done, events in all) while read models catch up or are rebuilt."""

ReadLog = Callable[..., Awaitable[tuple[list[Event], int]]]
"""`Log.events`: (after, topics, limit) -> (events, next cursor)."""

BATCH = 4_000
"""Events applied in one transaction while catching up: large enough to fold an order once, small enough to show
progress several times a second."""

MAX_AFFECTED = 500
"""Open orders looked at anew when something turns out to have run out earlier."""

MENDING_TRIES = 3
"""In one go: what is found broken while it catches up is mended at once."""

MAX_LISTED = 5_000
"""Orders or tickets in one answer, whatever was asked for."""


class Services:
    """`folder` is where the read models live (`<data>/read`); it may be deleted whenever the node is at rest."""

    def __init__(
        self,
        folder: Path,
        *,
        device_id: str,
        store: str,
        label: str,
        role: str,
        timezone: str = "UTC",
        cutover_hour: int = 4,
        store_of: Callable[[str], str] | None = None,
        device_of: Callable[[str], str] | None = None,
        as_first: Callable[[Event], Event] | None = None,
        log_id: str = "",
        now_ms: int = 0,
    ) -> None:
        """`store_of` and `device_of` answer for a log id (`lambda i: log.headers()[i].store`); by default every log is
        of our store. `as_first` gives an event that was written again as it was first (`server.event.original`).
        `timezone` is an IANA name. With `log_id`, read models made from another log are made anew.
        `now_ms`: the time before the first tick, by the system's clock when 0.
        Raises `Refused("unknown_timezone")`, and `OSError` for the folder."""
        self.device_id, self.store, self.label, self.role = device_id, store, label, role
        self.log_id = log_id
        self.tz = business_days.zone(timezone)
        self.cutover_hour = cutover_hour
        self._told_store_of = cache(store_of or (lambda _: store))
        self._told_device_of = device_of or (lambda _: "")
        self._as_first = as_first
        self._carried: dict[str, Header] = {}  # of logs of which we may hold nothing but what is carried
        self.menus = Menus(folder, log_id, self.store_of)
        self.stocks = Stocks(folder, log_id, store, self.store_of)
        self.order_book = Orders(folder, log_id, self.store_of)
        self.payments = Payments(folder, log_id)
        self.kitchen = Tickets(folder, log_id)
        self.membership = Members(folder, log_id)
        self.health = Healths(folder, log_id)
        self.phone = Keys(folder, log_id)
        self.baskets = Baskets(folder, log_id)
        self.screens = Screens(folder, log_id)
        self.vouchers = Vouchers(folder, log_id)
        self._models: tuple[ReadModel[Any], ...] = (
            self.menus,
            self.stocks,
            self.order_book,
            self.payments,
            self.kitchen,
            self.membership,
            self.health,
            self.phone,
            self.baskets,
            self.vouchers,
            self.screens,
        )
        self._types: dict[str, type[Any]] = {t: s for model in self._models for t, s in model.types.items()}
        self._types |= {ARCHIVED: Archived, SAVED: Saved}
        for model in self._models:
            model.archives = bool(store)
        self.tables = Tables(self._models)
        self._learn(self.archive.carried)
        self._now_ms = now_ms or wall_ms()
        self._available: tuple[Any, dict[str, Availability]] = ((), {})
        self._ticked: dict[str, Availability] = {}  # at the last tick

    # -- events in ------------------------------------------------------------------------------------------------

    @property
    def cursor(self) -> int:
        """The log position up to which every read model has applied."""
        return self.tables.cursor

    @property
    def archive(self) -> Archive:
        """What no longer counts here, as far as every read model that keeps facts knows it."""
        return self.order_book.archive

    def shows(self, position: int) -> bool:
        """Whether everything up to there is in tables that are whole."""
        for model in self._models:  # asked twice for each event, and mostly the first one says no
            if position > model.cursor:
                return False
        return self.tables.whole

    def apply(self, events: list[Event], position: int | None = None, *, mending: bool = False) -> Changes:
        """Applies events (those already applied are passed over).

        With `position` the caller vouches that everything up to it has now been given, in arrival order: the cursor
        moves there. Without, the events may be ahead of others (our own, just appended): they show at once, and the
        cursor moves only if they follow on it directly. Raises `ReadModelLost` when a file failed, and until
        `catch_up` has mended it."""
        last = events[-1].position if position is None and events else position
        if last is not None and not mending and self.shows(last):
            return Changes()  # our own come twice: as soon as they are appended, and in their turn
        facts = [(e.position, fact) for e in events if (fact := self._fact(e)) is not None]
        said = [(at, fact.data) for at, fact in facts if fact.type == ARCHIVED]
        for _, data in said:
            self._learn(data.carried)
        carried = [(at, event) for at, data in said for event in proven(data, self.store)]
        facts += [(at, fact) for at, event in carried if (fact := self._fact(event)) is not None]
        if self.store:
            facts = [(at, marked(fact) if fact.type == ARCHIVED else fact) for at, fact in facts]
        told = [(at, fact.data) for at, fact in facts if fact.type == SAVED]
        for _, data in told:
            self._learn(data.runs)
        behind = [(at, event) for at, data in told for event in saved(data, self.store)]
        facts += [(at, fact) for at, event in behind if (fact := self._fact(event)) is not None]
        stock_before, oversold_before = self.stocks.stock, self.stocks.oversold_since
        changed = self.tables.apply(facts, events, position, mending=mending)
        return self._changes(changed, facts, self.stocks.stock is not stock_before, oversold_before)

    def _learn(self, proofs: Iterable[Proof]) -> None:
        """A newcomer hears of what is carried before it has met the streams that it comes from."""
        self._carried |= {p.header.log_id: p.header for p in proofs if self.store in ("", p.header.store)}

    def store_of(self, log_id: str) -> str:
        """The store that a log belongs to; `""` is head office."""
        header = self._carried.get(log_id)
        return header.store if header is not None else self._told_store_of(log_id)

    def device_of(self, log_id: str) -> str:
        """The device that writes a log."""
        header = self._carried.get(log_id)
        return header.device_id if header is not None else self._told_device_of(log_id)

    def _fact(self, event: Event) -> Fact | None:
        if event.origin is not None and self._as_first is not None:
            event = self._as_first(event)
        fact = fact_of(event, self._types)
        if fact is not None and fact.type == menu_events.PUBLISHED:
            try:
                check_menu(fact.data.menu)
            except Refused:
                return None  # nobody can sell from a menu that contradicts itself; the one before stays
        return fact

    def _changes(
        self,
        changed: dict[str, dict[str, Changed]],
        facts: list[tuple[int, Fact]],
        stock_moved: bool,
        oversold_before: dict[str, int],
    ) -> Changes:
        orders = set(changed["orders"])
        tickets = set(changed["kitchen"])
        menu = bool(changed["menu"])
        if stock_moved or changed["stock"]:
            affected = self._sold_since(changed["stock"], facts, oversold_before)
            orders |= affected
            tickets |= affected
        for change in changed["vouchers"].values():
            told = change.after.told or (change.before is not None and change.before.told)
            orders |= {use.order_id for use in change.after.uses.values() if use.order_id and told}
        twice = {
            key
            for key, change in changed["vouchers"].items()
            if len(change.after.again) > (len(change.before.again) if change.before is not None else 0)
        }
        return Changes(
            orders=orders,
            tickets=tickets,
            availability=stock_moved or menu,
            menu=menu,
            members=bool(changed["membership"]),
            screens=bool(changed["screens"] or changed["membership"]),
            issued_twice=twice,
        )

    def _sold_since(
        self, changed: dict[str, Changed], facts: list[tuple[int, Fact]], oversold_before: dict[str, int]
    ) -> set[str]:
        """Open orders taken or amended since the earliest stock event of a batch: they may have been sold while it was
        out. When more was sold than was left, also those since the earliest order of the batch; where that is no longer
        so, as an order was voided or it was counted once more, those since it was counted before."""
        stock = {key for key, change in changed.items() if isinstance(change.after, SubjectState)}
        oversold, since = self.stocks.oversold, self.stocks.oversold_since
        no_longer = [hlc for item_id, hlc in oversold_before.items() if since.get(item_id) != hlc]
        if not stock and not oversold and not no_longer:
            return set()
        types = self.stocks.types
        hlcs = [f.at[0] for _, f in facts if f.type in types and (oversold or f.type.startswith("stock."))] + no_longer
        if not hlcs:
            return set()
        return set(self.order_book.open_since(min(hlcs), MAX_AFFECTED))

    async def catch_up(self, read: ReadLog, position: int, progress: Progress | None = None) -> Changes:
        """Mends what was lost and applies everything up to `position`: `await services.catch_up(log.events,
        log.position, show)`. The work is done in a worker thread, in large batches. Returns what had not been told
        before the loss. Raises `ReadModelLost` when the disk does not take them: try again later."""
        untold = Changes()
        for tries in range(1, MENDING_TRIES + 1):
            try:
                await asyncio.to_thread(self.tables.mend, position)
                while (after := self.cursor) < position:
                    events, end = await read(after, None, BATCH)
                    if end <= after:
                        break
                    changes = await asyncio.to_thread(self.apply, events, end, mending=True)
                    if not self.tables.whole and end > self.tables.shown:
                        untold |= changes
                    if progress is not None:
                        progress(min(end, position), position)
                break
            except ReadModelLost:
                if tries == MENDING_TRIES:
                    raise
        self.tables.made_whole()
        return untold

    # -- what may be archived -----------------------------------------------------------------------------------------

    def kept_since(self, days: Kept, now_ms: int) -> Kept:
        """From when on events are kept, in ms since 1970, by how many days are (`retention.rule.since`)."""

        def since_of(kind: int) -> int:
            day = self.order_book.latest_day(kind) if kind else None
            began = business_days.began_ms(day, self.tz, self.cutover_hour) if day else None
            return since(kind, now_ms, began)

        return Kept(*map(since_of, days))

    def needed_below(
        self, floors: Frontier, upto: int, forgotten_ms: int, tops: Mapping[Stream, int] = NO_TOPS
    ) -> set[str] | None:
        """The orders and subjects of stock with facts below a line that must stay (`retention.rule.needed`); `upto` is
        the latest place in time below it. None when there are too many."""
        found: list[tuple[str, bool, list[At]]] = []
        orders = {}
        for order_id, order, facts in self.order_book.aged(upto):
            orders[order_id] = order.placed is not None
            ats = [at for at, _ in facts]
            if not orders[order_id]:  # it was archived before these came, or may yet be written again
                if ats[-1][0] >> 16 >= forgotten_ms:
                    found.append((order_id, True, ats))
            else:
                is_open = order_is_open(order, ats[-1][0] >> 16, forgotten_ms)
                asked_since = not is_open and self.payments.newest(order_id) > upto  # of cards orders know the end
                found.append((order_id, is_open or asked_since, ats))
        for order_id, payments, facts in self.payments.aged(upto):
            if order_id not in orders:
                known = self.order_book.state(order_id)
                orders[order_id] = known is not None and known.placed is not None
            ats = [at for at, _ in facts]
            newest_ms = ats[-1][0] >> 16
            to_come = not orders[order_id] and newest_ms >= forgotten_ms  # its order may yet be written again
            is_open = to_come or payment_is_open(payments, newest_ms, forgotten_ms)
            if orders[order_id] or is_open:  # a card that was taken while its order was archived is asked about, too
                found.append((order_id, is_open, ats))
        for key, subject, facts in self.stocks.aged(upto):
            if isinstance(subject, SubjectState):
                ats = [at for at, _ in facts]
                fold = partial(self.stocks.subject_from, key, dict(facts))
                low = [at for at in ats if below(at, floors, tops)]
                found.append((key, subject_is_needed(subject, ats, floors, fold, tops), low))
        return needed(found, floors, tops=tops)

    def places_below(
        self, kept: set[str], floors: Frontier, upto: int, tops: Mapping[Stream, int] = NO_TOPS
    ) -> list[tuple[Stream, int]]:
        """Where the events below a line stand that are about what is kept."""
        models = (self.order_book, self.payments, self.stocks)
        facts = [at for model in models for about, _, facts in model.aged(upto) if about in kept for at, _ in facts]
        return sorted({(Stream(at[1], at[3]), at[2]) for at in facts if below(at, floors, tops)})

    def halves(self, now_ms: int) -> list[Draft]:
        """The other half of what only half came of, when its terminal died (`halves`)."""
        if not self.vouchers.any or not self.store:
            return []
        since, settled = (now_ms - LOOK_BACK_MS) << 16, (now_ms - HALF_MS) << 16
        pairs = {(i, use.order_id): None for i, v in self.vouchers.since(since).items() for use in v.uses.values()}
        paid = self.order_book.paid_by_voucher(since)
        pairs |= {(c.voucher, order_id): None for order_id, o in paid.items() for c in o.captured.values()}
        drafts: list[Draft] = []
        for voucher_id, order_id in pairs:
            voucher, order = self.vouchers.state(voucher_id), self.order_book.state(order_id)
            if voucher is None or voucher.issued is None or order is None or order.placed is None:
                continue
            found = missing(voucher_id, voucher, order_id, order, self.label)
            if found and max(self.vouchers.newest(voucher_id), self.order_book.newest(order_id)) < settled:
                drafts += found
        return dated(drafts, self)

    def counts_before(self, before_ms: int) -> list[Draft]:
        """Countdowns that were counted before a time and still run, counted anew at what is left: their orders may be
        archived, and the count must not rise by what they took."""
        drafts = []
        for item_id, left in self.stocks.stock.left.items():
            key = stock_key("item", item_id)
            subject = self.stocks.subjects[key]
            if not subject.out and subject.counted_at[0] >> 16 < before_ms:
                drafts.append(Draft(stock_events.COUNTED, key, Counted(item_id, max(0, left))))
        return dated(drafts, self)

    def tick(self, now_ms: int) -> Changes:
        """What the passing of time changed (dayparts); call it every few seconds. Held against what was told the last
        time: whoever asked in between, and heard that breakfast is over, is not the one who must be told."""
        before, self._ticked = self._ticked, self.availability(now_ms)
        return Changes(availability=before != self._ticked)

    # -- membership -----------------------------------------------------------------------------------------------

    def store_members(self, store: str) -> dict[str, MemberState]:
        return {i: m for i, m in self.membership.all.items() if self.store_of(m.at[1]) == store}

    def membership_drafts(self, now_ms: int = 0) -> list[Draft]:
        """What to append about ourselves: at start, and whenever `Changes.members`. Empty when all is said."""
        return dated(claim(self.device_id, self.label, self.role, self.store_members(self.store), self.log_id), self)

    def members(self, store: str | None = None) -> list[Member]:
        """Our store's; at head office all stores' unless one is named. By label."""
        stores = {self.store_of(m.at[1]) for m in self.membership.all.values()}
        wanted = stores if store is None else {store}
        found: list[Member] = []
        for one in wanted:
            members = self.store_members(one)
            lost = losers(members.values())
            for member in members.values():
                j = member.joined
                if j is not None:
                    since = member.claimed_at[0] >> 16
                    found.append(Member(j.device_id, j.label, j.role, j.prefix, one, since, j.device_id in lost))
        return sorted(found, key=lambda m: (m.store, m.label, m.device_id))

    def stores_heard_of(self) -> set[str]:
        """Stores of which a terminal has ever told its name."""
        return {self.store_of(m.at[1]) for m in self.membership.all.values()}

    def screen_lines(self, now_ms: int) -> list[ScreenLine]:
        """Our store's terminals and how their screens stand, by label."""
        return [line_of(m, self.screens.all.get(m.device_id, ScreenState()), now_ms) for m in self.members(self.store)]

    # -- menu and stock -------------------------------------------------------------------------------------------

    def sold(self, store: str | None = None) -> Sold | None:
        return self.menus.sold(self.store if store is None else store)

    def menu(self, store: str | None = None) -> Menu | None:
        """The menu as sold here (or, at head office, in `store`)."""
        sold = self.sold(store)
        return sold.carte.menu if sold else None

    def menu_version(self, store: str | None = None) -> str:
        """`""` when there is no menu yet."""
        sold = self.sold(store)
        return sold.version if sold else ""

    def availability(self, now_ms: int | None = None) -> dict[str, Availability]:
        """By item id, for all items of the menu. `now_ms` matters only to dayparts; None is the last known time."""
        if now_ms is not None:
            self._now_ms = now_ms
        sold, stock, now_ms = self.sold(), self.stocks.stock, self._now_ms
        if sold is None:
            return {}
        by_hour = bool(sold.carte.dayparts)
        minute = now_ms // 60_000 if by_hour else 0
        of, known = self._available
        if of and of[0] is sold and of[1] is stock and of[2] == minute:
            return known
        now_local = business_days.local(now_ms, self.tz) if by_hour else None
        found = availability(sold.carte.menu, stock, now_local, sold.carte)
        self._available = ((sold, stock, minute), found)
        return found

    # -- orders and tickets ---------------------------------------------------------------------------------------

    def _warnings(self, state: OrderState) -> dict[str, list[str]]:
        store = self.order_book.store(state)
        sold = self.sold(store)
        return sold_while_out(state, self.stocks.prefix_of(store), sold.carte if sold else None, self.stocks)

    def _order(self, order_id: str, state: OrderState) -> Order | None:
        warned = self._warnings(state)
        vouchers = {
            (self.vouchers.state(c.voucher) or VoucherState()).told.get(payment_id, "")
            for payment_id, c in state.captured.items()
            if c.voucher
        }
        items = dict.fromkeys(line.item_id for line in state.lines if line.line_id in warned)
        return view_order(
            order_id,
            state,
            store=self.order_book.store(state),
            device_of=self.device_of,
            warnings=[f"sold_while_out:{item_id}" for item_id in items] + sorted(vouchers - {""}),
        )

    def order(self, order_id: str) -> Order | None:
        state = self.order_book.state(order_id)
        return self._order(order_id, state) if state else None

    def orders(
        self,
        status: str | None = None,
        business_day: str | None = None,
        limit: int = 500,
        open_only: bool = False,
        store: str | None = None,
        number: str | None = None,
    ) -> list[Order]:
        """Newest first. `open_only`: neither collected nor voided, or with money still to take or to give back."""
        found = self.order_book.find(
            status=status,
            business_day=business_day,
            open_only=open_only,
            store=store,
            number=number,
            limit=max(0, min(limit, MAX_LISTED)),
        )
        return [order for i, state in found.items() if (order := self._order(i, state)) is not None]

    def ticket(self, order_id: str) -> Ticket | None:
        """None for an order that the kitchen may not see yet, or that is unknown."""
        state = self.kitchen.state(order_id)
        return next(iter(self._tickets({order_id: state})), None) if state else None

    def tickets(
        self, station: str | None = None, include_done_since_ms: int | None = None, done: int = 0
    ) -> list[Ticket]:
        """Those on the screen, oldest first; then those done since a time, or the last `done` of them, newest first.
        With a station, tickets that have lines for it."""
        found = self.kitchen.shown()
        if include_done_since_ms is not None:
            found |= self.kitchen.done(include_done_since_ms, done or MAX_LISTED)
        elif done > 0:
            found |= self.kitchen.done(0, min(done, MAX_LISTED))
        if station:
            found = {i: t for i, t in found.items() if any(line.at_station(station) for line in t.lines)}
        return self._tickets(found)

    def _tickets(self, found: dict[str, TicketState]) -> list[Ticket]:
        orders = self.order_book.states(found) if self.stocks.subjects else {}
        tickets: list[Ticket] = []
        for order_id, state in found.items():
            warned = self._warnings(orders[order_id]) if order_id in orders else {}
            texts = {line_id: f"sold while out: {', '.join(names)}" for line_id, names in warned.items()}
            ticket = view_ticket(order_id, state, texts)
            if ticket is not None:
                tickets.append(ticket)
        return tickets

    def basket(self, code: str, now_ms: int) -> Parked | None:
        """A basket that was put down, until it is gone."""
        found = self.baskets.state(code)
        return found if found is not None and found.until_ms > now_ms else None

    # -- days -----------------------------------------------------------------------------------------------------

    def business_day(self, now_ms: int) -> str:
        """The business day (YYYY-MM-DD) of a moment, by the store's time zone and cut-over hour."""
        return business_days.business_day(now_ms, self.tz, self.cutover_hour)

    def sales(self, business_day: str, store: str | None = None) -> Sales:
        """One store's figures; ours by default. At head office without a store: all stores' added up."""
        wanted = store if store is not None else (self.store or None)
        return _sum(business_day, wanted or "", self.order_book.sales(business_day, wanted).values())

    def stores_sales(self, business_day: str) -> dict[str, Sales]:
        """Head office: each store's sales of a day, for stores that have any."""
        return self.order_book.sales(business_day)

    def close(self) -> None:
        for model in self._models:
            model.close()


def _sum(business_day: str, store: str, parts: Iterable[Sales]) -> Sales:
    found = list(parts)
    names = [f for f in Sales.__struct_fields__ if f not in ("business_day", "store", "currency")]
    sums = {name: sum(getattr(part, name) for part in found) for name in names}
    return Sales(business_day, store, max((part.currency for part in found), default=""), **sums)

"""What a draft answers to, so that it sorts after that, even where a clock that was ahead has dated it later than now.

Folds go by time. A terminal three hours ahead says that the bacon is out; who then says that it is back says so, by a
right clock, three hours before, and the bacon would stay out. So each draft names the latest place in time among the
facts that it was decided on (`Draft.follows`); the log writes it down where the draft's own time is not later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from server.event import Draft
from server.services.baskets import events as baskets
from server.services.health import events as health
from server.services.kitchen import events as kitchen
from server.services.membership import events as membership
from server.services.menu import events as menu
from server.services.orders import events as orders
from server.services.payments import events as payments
from server.services.phone import events as phone
from server.services.receipts import events as receipts
from server.services.screens import events as screens
from server.services.stock import events as stock
from server.services.vouchers import events as vouchers
from server.services.warnings import needs_of

if TYPE_CHECKING:
    from server.services.shop import Services


def dated(drafts: list[Draft], shop: Services) -> list[Draft]:
    """The drafts, each with what it answers to."""
    return [msgspec.structs.replace(d, follows=max(d.follows, latest(d, shop))) for d in drafts]


def latest(draft: Draft, shop: Services) -> int:
    """The latest place in time among the facts known here that a draft answers to; 0 for none."""
    topic, about = draft.stream_topic.partition("/")[0], draft.aggregate_id
    if draft.type == orders.PLACED:
        return _taken_from(draft, shop)  # of a new order nothing is known yet
    if topic in (orders.TOPIC, payments.TOPIC, kitchen.TOPIC, receipts.TOPIC):
        known = max(model.newest(about) for model in (shop.order_book, shop.payments, shop.kitchen))
        return max(known, _taken_from(draft, shop)) if draft.type == orders.AMENDED else known
    if topic == stock.TOPIC:
        # Whoever counts has counted what is left after all orders, and an order taken before "out" was no mistake.
        return max(shop.stocks.newest(about), 0 if draft.type == stock.BACK else shop.stocks.newest_order())
    if topic == menu.TOPIC:
        return shop.menus.newest_publication()
    if topic == membership.TOPIC:
        return shop.membership.newest(about)
    if topic == health.TOPIC:
        return shop.health.newest(about)
    if topic == baskets.TOPIC:
        return shop.baskets.newest(about)
    if topic == vouchers.TOPIC:
        return shop.vouchers.newest(about)
    if topic == phone.TOPIC:
        return shop.phone.newest(about)
    if topic == screens.TOPIC:
        return shop.screens.newest(about)
    return 0


def _taken_from(draft: Draft, shop: Services) -> int:
    """Since when the stock is as it is of what an order's lines need."""
    subjects, sold = shop.stocks.subjects, shop.sold()
    if not subjects:
        return 0
    keys = {key for line in draft.data.lines for key in needs_of(line, sold.carte if sold else None)}
    return max((subjects[key].settled_at for key in keys if key in subjects), default=0)

"""Head office's page of sales as days pass: its hours and figures are those of the day that it is."""

from __future__ import annotations

from pathlib import Path

from server.api.sales_view import SalesOfToday
from server.node import Node
from tests.unit.test_node import MENU, command, settings, tea
from tests.unit.test_retention_again import DAY_MS, AnyDay


async def test_the_hours_of_a_day_are_gone_when_the_next_one_has_begun(tmp_path: Path, running: list[Node]) -> None:
    day = AnyDay()
    node = await Node.open(settings(tmp_path, mdns=False), machine=day)
    running.append(node)
    await node.command("menu.publish", command(menu=MENU))
    sales = SalesOfToday(node)
    for quantity in (1, 2, 3):
        placed = await node.command("orders.place", tea(quantity))
        sales.note([placed.result["order_id"]])
        view = sales.view()
        assert view.business_day == node.business_day()
        assert [(hour.orders, hour.totals) for hour in view.hours or ()] == [(1, {"EUR": 250 * quantity})]
        assert [(one.orders, one.total_minor) for one in view.stores.values()] == [(1, 250 * quantity)]
        day.now_ms += DAY_MS
    assert [brief.items for brief in sales.view().latest] == [3, 2, 1]

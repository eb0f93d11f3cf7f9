"""Makes `compiled.py` of the services' tables: `make tables`, whenever one of them changed."""

from __future__ import annotations

import textwrap
from pathlib import Path

from server.services.baskets.table import BasketRow
from server.services.definition import AggregateRow, compiled
from server.services.health.table import HealthRow
from server.services.kitchen.table import TicketRow
from server.services.membership.table import MemberRow
from server.services.menu.table import MenuRow
from server.services.orders.table import OrderRow
from server.services.payments.table import PaymentRow
from server.services.phone.table import KeysRow
from server.services.screens.table import ScreenRow
from server.services.stock.table import StockRow
from server.services.vouchers.table import VoucherRow

ROWS: dict[str, type[AggregateRow]] = {
    "baskets": BasketRow,
    "health": HealthRow,
    "kitchen": TicketRow,
    "membership": MemberRow,
    "menu": MenuRow,
    "orders": OrderRow,
    "payments": PaymentRow,
    "phone": KeysRow,
    "screens": ScreenRow,
    "stock": StockRow,
    "vouchers": VoucherRow,
}
"""By read model."""

HEAD = '''"""The services' tables in SQL, made by `make tables` of their `table.py`. Not to be edited."""

from __future__ import annotations

from server.services.statements import Statements

STATEMENTS = {'''


WIDTH = 100


def sql(text: str) -> str:
    """As it stands in the module: the same words, in short lines."""
    return f'"""{textwrap.fill(" ".join(text.split()), WIDTH)}"""'


def module() -> str:
    """The text of `compiled.py`."""
    lines = [HEAD]
    for name, row in ROWS.items():
        made = compiled(row)
        lines += [f'    "{name}": Statements(', f'        "{made.table}",', "        ("]
        lines += [f'            "{column}",' for column in made.columns]
        lines += ["        ),", f"        {sql(made.upsert)},", "        ("]
        lines += [f"            {sql(text)}," for text in made.create]
        lines += ["        ),", "    ),"]
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    Path(__file__).with_name("compiled.py").write_text(module(), encoding="utf-8")

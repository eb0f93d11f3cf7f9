"""A Square catalog under import: which of its objects are sold, their prices and pictures, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from server.services.menu.import_report import Ledger
from server.services.menu.square_index import Index
from server.services.menu.square_object import MAX_DESCRIPTION_CHARS, Obj, amount_of


class Catalog:
    """What is known is in `index`, what there is to say in `ledger`. `currency` is that of the first price read."""

    def __init__(self, document: Any, location: str | None) -> None:
        self.ledger = Ledger()
        self.index = Index(document, self.ledger)
        self.location = location
        self.currency = ""
        self._currency_from = ""

    def live(self, kind: str) -> Iterator[Obj]:
        """Objects of a kind that are sold, in the file's order."""
        return (o for o in self.index.objects.values() if o.kind == kind and not o.dropped)

    def tell(self, o: Obj, reason: str) -> None:
        self.ledger.tell(o.kind, o.id, reason)

    def drop(self, o: Obj, reason: str) -> None:
        """Leaves an object out, and with it what it consists of."""
        o.dropped = True
        o.taken = False
        self.tell(o, reason)
        for child in o.children:
            if not child.dropped:
                self.drop(child, f"part of {o.describe()}, which was left out")

    def price(self, o: Obj, money: Any, where: str, lowest: int = 0) -> int | None:
        """An amount in minor units, None when there is none. A menu has one currency."""
        amount, currency = amount_of(o, money, where, lowest)
        if amount is not None and currency != self.currency:
            if self.currency:
                first = f"{self._currency_from} is in {self.currency}"
                raise o.bad(f"{where} is in {currency}, but {first}; a menu has one currency")
            self.currency, self._currency_from = currency, o.describe()
        return amount

    def pictures(self, o: Obj) -> list[str]:
        """Ids of an object's pictures, the first of them the main one. Some exports have the pictures elsewhere, so an
        id that is not in the file is kept."""
        named = [*o.ids("image_ids"), o.text("image_id"), o.text("image_id", outer=True)]
        found = [i for i in dict.fromkeys(named) if i and not self.gone(i, "IMAGE")]
        url = o.text("image_url", MAX_DESCRIPTION_CHARS)
        return found or ([url] if url else [])

    def gone(self, object_id: str, kind: str) -> bool:
        """Whether an id of the file names something that is left out, or of another kind."""
        o = self.index.objects.get(object_id)
        return o is not None and (o.dropped or o.kind != kind)

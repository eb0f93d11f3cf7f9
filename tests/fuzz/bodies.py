"""Bodies and queries for the API: what the OpenAPI document calls valid, with what is on the menu, then mutated."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any, NamedTuple
from urllib.parse import quote

from tests.fuzz.trees import NUMBERS, WORDS, copy, places

TEXTS = [*WORDS, "\ud800", "x" * 5_000, "'; DROP TABLE orders; --", "{}", "null", "2026-02-30", "٣", " ", "a\nb", "%00"]
ODD_NUMBERS = [*NUMBERS, 2**64, -(2**63) - 1, 10**30, 1e308, -0.0, 0.1, float("nan"), float("inf")]
ORDER_COMMANDS = ("orders.accept", "orders.start", "orders.ready", "orders.collect", "orders.void", "orders.amend")
ORDER_COMMANDS += ("payments.capture", "payments.refund", "kitchen.bump", "kitchen.recall")
QUERIES = {
    "/healthz": (), "/metrics": (), "/v1/device": (), "/v1/status": (), "/v1/peers": (), "/v1/frontier": (),
    "/v1/menu": (), "/v1/availability": (), "/v1/openapi.json": (), "/v1/sales": ("business_day",),
    "/v1/orders": ("status", "business_day", "number", "store", "open", "limit"),
    "/v1/tickets": ("station", "done"), "/v1/events": ("after", "topics", "limit"),
}  # fmt: skip


class Call(NamedTuple):
    """One request, written out. `headers`: lines without the token's."""

    method: str
    path: str
    body: bytes | None = None
    headers: tuple[str, ...] = ()


class Bodies:
    """Makes calls up. Orders that were placed are told by `note`, so that later calls meet them."""

    def __init__(self, document: dict[str, Any], menu: dict[str, Any], rand: random.Random) -> None:
        self.rand = rand
        self.schemas = document["components"]["schemas"]
        self.menu = menu
        self.commands = {
            path.removeprefix("/v1/commands/"): operation["post"]["requestBody"]["content"]["application/json"]
            for path, operation in document["paths"].items()
            if path.startswith("/v1/commands/") and "{" not in path
        }
        self.items = [item["item_id"] for item in menu["items"]]
        self.modifiers = [m["modifier_id"] for group in menu["modifier_groups"] for m in group["modifiers"]]
        self.ingredients = [one["ingredient_id"] for one in menu["ingredients"]]
        self.orders: list[str] = []
        self.cursors = ["", "now", "0"]
        self.sent: list[bytes] = []

    def note(self, call: Call, answer: Any) -> None:
        if not isinstance(answer, dict):
            return
        result = answer.get("result")
        if isinstance(result, dict) and isinstance(result.get("order_id"), str) and call.path.endswith("orders.place"):
            self.orders = [*self.orders[-200:], result["order_id"]]
        if isinstance(answer.get("cursor"), str):
            self.cursors = [*self.cursors[:3], *self.cursors[-20:], answer["cursor"]]

    def call(self) -> Call:
        chance = self.rand.random()
        if chance < 0.25:
            return self._query()
        if chance < 0.27:
            return self._odd_call()
        if chance < 0.30:
            return Call("POST", "/v1/menu/read", self._menu_file())
        name = self.rand.choice([*self.commands, "orders.place", "orders.place", *ORDER_COMMANDS])
        body = self._body(name)
        changes = self.rand.choice([0, 0, 1, 1, 2, 5])
        raw = self._written(self._mutated(body, changes))
        if self.rand.random() < 0.03 and self.sent:
            raw = self.rand.choice(self.sent)
        elif len(self.sent) < 300:
            self.sent.append(raw)
        return Call("POST", f"/v1/commands/{name}", raw)

    # -- commands ---------------------------------------------------------------------------------------------------

    def _body(self, name: str) -> dict[str, Any]:
        rand = self.rand
        content = self.commands[name]
        body: dict[str, Any] = copy(content["example"]) if rand.random() < 0.4 else self._made(content["schema"])
        body["command_id"] = str(uuid.UUID(int=rand.getrandbits(128)))
        if name == "orders.place" and rand.random() < 0.8:
            body["lines"] = [self._line() for _ in range(rand.choice([1, 1, 2, 5]))]
        if name == "menu.publish" and rand.random() < 0.6:
            body["menu"] = self._small_menu()
        if "order_id" in body and name != "orders.place" and self.orders and rand.random() < 0.9:
            body["order_id"] = rand.choice(self.orders[-20:])
        if name.startswith("stock.") and rand.random() < 0.7:
            kind, known = rand.choice(
                [("item_id", self.items), ("ingredient_id", self.ingredients), ("modifier_id", self.modifiers)]
            )
            body = {"command_id": body["command_id"], kind: rand.choice(known)}
            if name == "stock.count":
                body |= {"item_id": rand.choice(self.items), "left": rand.choice([0, 1, 8, 1000])}
            elif name == "stock.out" and rand.random() < 0.8:
                body["item_id"] = body.pop(kind)  # mostly of nothing, so that the shop goes on selling
        return body

    def _line(self) -> dict[str, Any]:
        rand = self.rand
        line: dict[str, Any] = {"item_id": rand.choice(self.items), "quantity": rand.choice([1, 1, 2, 99])}
        if rand.random() < 0.3:
            line["modifiers"] = [{"modifier_id": rand.choice(self.modifiers)} for _ in range(rand.randrange(3))]
        if rand.random() < 0.2:
            line["note"] = rand.choice(TEXTS)
        return line

    def _small_menu(self) -> dict[str, Any]:
        """Sells what the large one sells, some of it, so that orders go on being placed."""
        menu = copy(self.menu)
        return self._mutated(menu, self.rand.choice([0, 1, 1, 3]))

    def _menu_file(self) -> bytes:
        chance = self.rand.random()
        if chance < 0.1:
            return self.rand.randbytes(200)
        kind = self.rand.choice(["ITEM", "CATEGORY", "MODIFIER_LIST", "TAX", "x"])
        catalog = {"objects": [{"type": kind, "id": "A"}]}
        document = self.menu if chance < 0.5 else catalog
        return self._written(self._mutated(document, self.rand.choice([0, 1, 2])))

    def _made(self, schema: Any, depth: int = 0) -> Any:
        """A value that the schema allows."""
        rand = self.rand
        if "$ref" in schema:
            return self._made(self.schemas[schema["$ref"].rpartition("/")[2]], depth + 1)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                return self._made(rand.choice(schema[key]), depth + 1)
        if "enum" in schema:
            return rand.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = rand.choice(kind)
        if kind == "object":
            wanted, named = set(schema.get("required", ())), schema.get("properties", {})
            made = {n: self._made(s, depth + 1) for n, s in named.items() if n in wanted or rand.random() < 0.5}
            extra = schema.get("additionalProperties")
            if isinstance(extra, dict) and depth < 6:
                made |= {rand.choice(self.items): self._made(extra, depth + 1) for _ in range(rand.randrange(3))}
            return made
        if kind == "array":
            count = rand.randrange(3) if depth < 8 else 0
            return [self._made(schema.get("items", {}), depth + 1) for _ in range(count)]
        if kind == "integer":
            return rand.choice([0, 1, 2, 5, 250, 1000])
        if kind == "number":
            return rand.choice([0, 1.5, 20])
        if kind == "boolean":
            return rand.random() < 0.5
        if kind == "null":
            return None
        return rand.choice([rand.choice(self.items), rand.choice(self.modifiers), "tea", "1", str(uuid.UUID(int=7))])

    # -- mutation ---------------------------------------------------------------------------------------------------

    def _mutated(self, tree: Any, changes: int) -> Any:
        tree = copy(tree)
        for _ in range(changes):
            where = places(tree)
            if not where:
                break
            self._change(*self.rand.choice(where))
        return tree

    def _change(self, node: Any, key: Any) -> None:
        rand, how = self.rand, self.rand.random()
        if how < 0.4:
            pool = rand.choice([ODD_NUMBERS, TEXTS, [None, True, False, [], {}, [[]], self.orders or [""]]])
            node[key] = copy(rand.choice(pool))
        elif how < 0.55:
            del node[key]
        elif how < 0.65 and isinstance(node, list):
            node.insert(key, copy(node[key]))
        elif how < 0.65:
            node[rand.choice(TEXTS)] = copy(node[key])
        elif how < 0.75 and isinstance(node[key], list):
            node[key] = copy(node[key] * rand.choice([0, 2, 300]))
        elif how < 0.85 and isinstance(node[key], int):
            node[key] += rand.choice([-1, 1, 2**31])
        elif how < 0.9:
            deep: Any = node[key]
            for _ in range(rand.choice([2, 20, 60])):
                deep = [deep] if rand.random() < 0.5 else {"a": deep}
            node[key] = deep
        else:
            node[key] = rand.choice(self.items)

    def _written(self, tree: Any) -> bytes:
        rand = self.rand
        raw = json.dumps(tree, ensure_ascii=rand.random() < 0.5).encode("utf-8", "surrogatepass")
        how = rand.random()
        if how < 0.9 or not raw:
            return raw
        at = rand.randrange(len(raw))
        return rand.choice(
            [
                raw[:at],
                raw[:at] + rand.randbytes(2) + raw[at:],
                raw + raw,
                raw[:at] + raw[at:].replace(b",", b",,", 1),
                raw.replace(b'": ', b'": ' + b"[" * 100_000, 1),
                raw.replace(b"{", b'{"command_id": 1, ', 1),
                raw.replace(b"1", b"1" * 10_000, 1),
                b"\xef\xbb\xbf" + raw,
                raw.decode("utf-8", "replace").encode("utf-16"),
            ]
        )

    # -- the rest ---------------------------------------------------------------------------------------------------

    def _query(self) -> Call:
        rand = self.rand
        if rand.random() < 0.15:
            order = rand.choice(self.orders) if self.orders and rand.random() < 0.7 else rand.choice(TEXTS)
            return Call("GET", "/v1/orders/" + quote(order.encode("utf-8", "surrogatepass"), safe=""))
        path = rand.choice(list(QUERIES))
        values = {
            "status": ["placed", "ready", "eaten"], "business_day": ["2026-03-01", "2026-3-1", "9999-12-31"],
            "open": ["true", "false", "1"], "limit": ["1", "2", "50", "0", "-1", "99999999999999999999"],
            "done": ["0", "5", "501"], "after": self.cursors, "topics": ["orders", "orders,stock", "paymnets", ","],
            "number": ["BK1"], "store": ["corner"], "station": ["bar"],
        }  # fmt: skip
        asked = [n for n in QUERIES[path] if rand.random() < 0.4] + (["colour"] if rand.random() < 0.03 else [])
        pairs = []
        for name in asked:
            value = rand.choice(values.get(name, ["red"])) if rand.random() < 0.7 else str(rand.choice(TEXTS))
            pairs.append(f"{name}={quote(value.encode('utf-8', 'surrogatepass'), safe='')}")
        return Call("GET", path + ("?" + "&".join(pairs) if pairs else ""))

    def _odd_call(self) -> Call:
        rand = self.rand
        method = rand.choice(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "BREW"])
        path = rand.choice([*QUERIES, "/v1/commands/" + quote(rand.choice(TEXTS).encode("utf-8", "replace"), safe="")])
        path += rand.choice(["", "/", "/x", "?a=b", "?" + "a=1&" * 300, "/%00", "/../..", "//", "?%ff=%fe"])
        odd = ("Content-Type: text/plain", "Accept: image/png", "Range: bytes=0-", "Origin: http://evil.example")
        odd += ("Authorization: Bearer x", "Expect: 100-continue", "Content-Encoding: gzip", "X: \x01" * 0 + "X: y")
        return Call(method, path, rand.choice([None, b"", b"{}"]), (rand.choice(odd),))

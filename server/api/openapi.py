"""The OpenAPI document: Litestar writes the paths, this adds each command with its own fields and an example."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Litestar
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag

from server.services.command import Command
from server.services.desk import COMMANDS

DESCRIPTION = """\
Place orders, follow what happens, and show it: everything a Pilotlight screen can do, through one local port that works
without the internet.

**Start.** Read `api` and `token` from `endpoint.json` in the data folder; send `Authorization: Bearer TOKEN`.

**Errors** are always `{"code": "…", "text": "…"}`: the code is stable and for programs, the text is for people.

**Websockets** (token as header or `?token=`; 4401 wrong token, 4400 wrong query, 4408 you read too slowly):
`/v1/feed?topics=…&after=CURSOR` sends one CloudEvent a text frame, what was missed first, then live (4410: the cursor
is not from this server's log). `/v1/watch?views=…` sends `{"view", "all"}` once for each of menu, pictures,
availability, orders, tickets, screens, peers, status, stores, sales; then `{"view", "id", "value"}`, `{"view",
"changed"}` or a new `{"view", "all"}`; with `&together=1` also several of them at once, as a list.

**Money** is integer minor units of the menu's currency. Times are RFC 3339 UTC.
"""

OPEN_PATHS = frozenset({"/healthz", "/metrics"})

TOO_LARGE = "The body is too large; the text says how large it may be."
_NO_NAME = "Asked without a token under a name that is not this machine's."
REFUSALS: dict[str, dict[str, str]] = {
    "/healthz": {"400": "A parameter is not known.", "421": _NO_NAME},
    "/metrics": {
        "400": "A parameter is not known.",
        "401": "Asked from another machine without the token.",
        "421": _NO_NAME,
    },
    "/v1/events": {"410": "The cursor is not from this server's present log. Start again without it."},
    "/v1/orders/{order_id}": {"404": "There is no such order here."},
    "/v1/commands/{name}": {
        "404": "There is no such command.",
        "409": "Well asked, and the answer is no; the text says why and what to do.",
        "413": TOO_LARGE,
    },
    "/v1/menu/read": {"413": TOO_LARGE},
}
"""What a call may be answered beside what its handler says of itself."""

_ID = "0b8e5f4e-3c1f-4c55-9d57-0d2f7c1f4f10"
_ORDER = {"order_id": "6d8d3c0e-58a4-4a0b-8f0e-2f4b3f1f7a51"}

EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "orders.place": (
        "Place an order",
        {
            "lines": [
                {
                    "item_id": "bacon-cheeseburger",
                    "quantity": 1,
                    "modifiers": [
                        {"modifier_id": "bun.brioche"},
                        {"modifier_id": "sauce.smoky"},
                        {"modifier_id": "doneness.medium"},
                        {"modifier_id": "burger-extras.cheese", "quantity": 2},
                    ],
                    "note": "cut in half",
                }
            ],
            "dining": "here",
            "customer_name": "Ada",
        },
    ),
    "orders.amend": ("Change an order's lines", {**_ORDER, "lines": [{"item_id": "coffee", "quantity": 2}]}),
    "orders.accept": ("Let the kitchen start an order that waits for its money", _ORDER),
    "orders.start": ("The kitchen has started", _ORDER),
    "orders.ready": ("The order is ready", _ORDER),
    "orders.collect": ("The customer has it", _ORDER),
    "orders.void": ("Void an order", {**_ORDER, "reason": "customer left"}),
    "stock.out": (
        "Something has run out: exactly one of item_id, ingredient_id, modifier_id",
        {"ingredient_id": "bacon"},
    ),
    "stock.back": ("It is back", {"ingredient_id": "bacon"}),
    "stock.count": ("So many of an item are left", {"item_id": "cheesecake", "left": 8}),
    "payments.capture": ("Take money: all that is due, unless amount_minor says less", {**_ORDER, "tender": "card"}),
    "payments.abort": ("Ask the card terminal not to wait for a card any longer", _ORDER),
    "payments.refund": ("Give money back", {**_ORDER, "reason": "burnt"}),
    "payments.write_off": (
        "Ask nobody any more for what a card did not pay that the bank declined afterwards",
        {**_ORDER, "reason": "guest unknown"},
    ),
    "kitchen.bump": ("Lines are made: all of the ticket's, unless line_ids says which", _ORDER),
    "kitchen.recall": ("Back on the kitchen's screen", _ORDER),
    "baskets.park": (
        "Put a basket down to take it up at another screen",
        {"lines": [{"item_id": "coffee", "quantity": 2}], "dining": "takeaway"},
    ),
    "screens.close": ("Put up a terminal's out-of-order sign: its own without device_id", {}),
    "screens.open": ("Take it down", {}),
    "screens.fail": ("Say that this terminal's screen had to be started again", {"why": "frozen"}),
    "vouchers.issue": (
        "A voucher, by a code that you make: eleven random digits and a check digit",
        {"code": "471108151237", "amount_minor": 2000},
    ),
    "vouchers.cancel": ("Nothing more is taken of a voucher", {"code": "471108151237", "reason": "lost"}),
    "receipts.print": ("A receipt on paper, from this terminal's printer", {**_ORDER, "language": "de"}),
    "receipts.begin": (
        "For a program that drives the printer: the first byte is about to go",
        {**_ORDER, "print_id": "0b8e5f4e-3c1f-4c55-9d57-0d2f7c1f4f10"},
    ),
    "receipts.end": (
        "For a program that drives the printer: what became of the paper",
        {**_ORDER, "print_id": "0b8e5f4e-3c1f-4c55-9d57-0d2f7c1f4f10", "how": "printed"},
    ),
    "phone.key": (
        "Sign links for guests' phones with a new key",
        {"secret": "Zm9yIGV4YW1wbGUgb25seTsgbWFrZSB5b3VyIG93biE"},
    ),
    "menu.publish": (
        "Sell from this menu from now on; at head office for all stores, or those named",
        {
            "menu": {
                "currency": "EUR",
                "name": "Corner",
                "categories": [{"category_id": "drinks", "name": "Drinks", "item_ids": ["tea"]}],
                "items": [
                    {
                        "item_id": "tea",
                        "name": "Tea",
                        "variations": [{"variation_id": "tea-cup", "name": "Cup", "price_minor": 250}],
                    }
                ],
            }
        },
    ),
}


def config(version: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Pilotlight local API",
        version=version,
        description=DESCRIPTION,
        path="/v1/schema",
        render_plugins=[JsonRenderPlugin(path="/litestar.json")],
        components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
        security=[{"token": []}],
        tags=[
            Tag("commands", "Do something. Repeat freely: the command_id makes it happen once."),
            Tag("menu", "What is sold."),
            Tag("orders", "What was ordered, made and paid."),
            Tag("events", "Everything that happened."),
            Tag("phones", "Links for guests' phones."),
            Tag("server", "This machine and its neighbours."),
        ],
    )


def document(app: Litestar) -> dict[str, Any]:
    """The whole document, as plain values."""
    written: dict[str, Any] = app.openapi_schema.to_schema()
    schemas, named = msgspec.json.schema_components(
        [*COMMANDS.values()], ref_template="#/components/schemas/Command.{name}"
    )
    components = written.setdefault("components", {}).setdefault("schemas", {})
    components |= {f"Command.{name}": schema for name, schema in named.items()}
    for schema in schemas:
        _say_command_id(components[schema["$ref"].rpartition("/")[2]])
    components["Command.Publish"]["properties"]["menu"] = {"$ref": "#/components/schemas/Menu"}
    components["Problem"] = {
        "type": "object",
        "required": ["code", "text"],
        "properties": {
            "code": {"type": "string", "description": "Stable, for programs."},
            "text": {"type": "string", "description": "What happened and what to do now, for people."},
        },
    }
    generic = written["paths"]["/v1/commands/{name}"]["post"]
    for (name, into), schema in zip(COMMANDS.items(), schemas, strict=True):
        written["paths"][f"/v1/commands/{name}"] = {"post": _operation(name, into, schema, generic)}
    for path, operations in written["paths"].items():
        for operation in operations.values():
            if path in OPEN_PATHS:
                operation["security"] = []
            else:
                operation["responses"]["401"] = {"description": "The token is missing or wrong."}
            for status, text in REFUSALS.get(path, {}).items():
                operation["responses"].setdefault(status, {"description": text})
            operation["responses"].setdefault("503", {"description": "Too much at once; ask again in a moment."})
            _say_problems(operation["responses"])
    return written


def _operation(name: str, into: type[Command], schema: dict[str, Any], generic: dict[str, Any]) -> dict[str, Any]:
    summary, fields = EXAMPLES[name]
    return {
        "tags": ["commands"],
        "operationId": "".join(word.capitalize() for word in name.split(".")),
        "summary": summary,
        "description": (into.__doc__ or "").strip(),
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": {"command_id": _ID, **fields}}},
        },
        "responses": {
            "200": generic["responses"]["200"],
            "400": {"description": "The body is not right; the text names the field."},
            "409": {"description": "Well asked, and the answer is no; the text says why and what to do."},
            "413": {"description": TOO_LARGE},
            "503": {"description": "It could not be saved. Nothing was done; send the same again later."},
        },
        "security": [{"token": []}],
    }


def _say_command_id(schema: dict[str, Any]) -> None:
    schema["properties"]["command_id"] = {
        "type": "string",
        "format": "uuid",
        "description": (
            "Made by you, one for each thing you want done. With another body it is refused (`command_id_used`)."
        ),
    }
    schema["required"] = ["command_id", *schema.get("required", [])]


def _say_problems(responses: dict[str, Any]) -> None:
    """Every answer that is not a success has the same shape."""
    problem = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, response in responses.items():
        if status[0] in "45" and "Health" not in str(response.get("content")):
            response["content"] = problem
            if response.get("description", "").startswith("Validation"):
                response["description"] = "A parameter is wrong; the text names it."

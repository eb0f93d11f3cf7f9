"""What can be sold: the menu as published, and the event that publishes it.

The menu travels whole: a publication replaces the one before, so the newest by (HLC, log id, seq) is the menu.
Money is integer minor units of `Menu.currency`. Ids are those of the source the menu came from.
`texts` on any named thing holds translations: `{"de": {"name": "…", "description": "…"}}`.
"""

from __future__ import annotations

import msgspec

from server.services.asked import FromCommand

Texts = dict[str, dict[str, str]]

TOPIC = "menu"
PUBLISHED = "menu.published/1"
MENU_AGGREGATE = "menu"


class Variation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A size or kind of an item. `price_minor` None: asked for at the POS, not offered on a kiosk."""

    variation_id: str
    name: str
    price_minor: int | None
    sku: str = ""
    texts: Texts = {}
    image: str | None = None


class Modifier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One choice of a modifier group. `preselected`: chosen until the customer says otherwise."""

    modifier_id: str
    name: str
    price_minor: int
    ingredient_ids: list[str] = []
    preselected: bool = False
    texts: Texts = {}
    image: str | None = None


class ModifierGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question asked about an item. `max` None: any number.

    `min` and `max` hold unless the item says otherwise in `Item.group_limits`.
    """

    modifier_group_id: str
    name: str
    min: int
    max: int | None
    modifiers: list[Modifier]
    texts: Texts = {}


class GroupLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item's own limits for one of its modifier groups."""

    min: int
    max: int | None


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something sold. `allergens` are EU 1169/2011 annex II words (`gluten`, `milk`, …); `diets` e.g. `vegan`.

    An ingredient in `ingredient_ids` is essential unless it lists this item in `Ingredient.removable_from`.
    """

    item_id: str
    name: str
    description: str = ""
    variations: list[Variation] = []
    modifier_group_ids: list[str] = []
    ingredient_ids: list[str] = []
    allergens: list[str] = []
    image: str | None = None
    group_limits: dict[str, GroupLimit] = {}
    tax_ids: list[str] = []
    diets: list[str] = []
    kilocalories: int | None = None
    station: str = ""
    daypart_ids: list[str] = []
    texts: Texts = {}
    more_images: list[str] = []


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A heading of the menu with its items in order. `parent_id`: the category it stands under; its items are not
    repeated there."""

    category_id: str
    name: str
    item_ids: list[str]
    image: str | None = None
    texts: Texts = {}
    parent_id: str | None = None


class Image(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a picture that items name by `image_id` comes from. Pictures that travel with the program need none."""

    image_id: str
    url: str = ""
    caption: str = ""


class Ingredient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can run out. `removable_from`: the items that can be made without it."""

    ingredient_id: str
    name: str
    removable_from: list[str] = []
    texts: Texts = {}


class ComboOption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dish that fills a combo's slot. `price_minor` is what it costs on top of the combo's price."""

    item_id: str
    variation_id: str | None = None
    price_minor: int = 0


class ComboSlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One choice of a combo: between `min` and `max` dishes of the options, any of them several times. `min` 0: not
    required."""

    slot_id: str
    name: str
    options: list[ComboOption]
    min: int = 1
    max: int = 1
    texts: Texts = {}


class Combo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several dishes at one price, sold as the item `item_id` (which carries name, price and picture)."""

    combo_id: str
    item_id: str
    name: str
    slots: list[ComboSlot]
    texts: Texts = {}


class Tax(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`percentage` is a decimal string, `"8.6"`. `inclusive`: already inside the prices."""

    tax_id: str
    name: str
    percentage: str
    inclusive: bool


class Discount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price reduction staff may give: exactly one of `percentage` and `amount_minor`, or neither (asked for)."""

    discount_id: str
    name: str
    percentage: str | None = None
    amount_minor: int | None = None


class Daypart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours in which something is sold: local times `"HH:MM"`, `days` 1 (Monday) to 7; end may pass midnight."""

    daypart_id: str
    name: str
    start: str
    end: str
    days: list[int] = msgspec.field(default_factory=lambda: [1, 2, 3, 4, 5, 6, 7])
    texts: Texts = {}


class Menu(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole menu; the shape of `GET /v1/menu` and of `menu.publish`. `brand_colour` is `#rrggbb` or empty; screens
    use it where it can be read, and mend it where it can't."""

    currency: str
    name: str
    categories: list[Category] = []
    items: list[Item] = []
    modifier_groups: list[ModifierGroup] = []
    ingredients: list[Ingredient] = []
    combos: list[Combo] = []
    taxes: list[Tax] = []
    discounts: list[Discount] = []
    dayparts: list[Daypart] = []
    languages: list[str] = msgspec.field(default_factory=lambda: ["en"])
    texts: Texts = {}
    images: list[Image] = []
    brand_colour: str = ""


class MenuPublished(FromCommand, frozen=True):
    """The menu is this, from now on. `version` is the first 12 hex digits of SHA-256 over the encoded menu."""

    version: str
    menu: Menu
    source: str = ""

"""Patches of what screens and neighbours are told, and of what staff and guests are promised or refused."""
# ruff: noqa: E501 — texts as they stand in the sources

from __future__ import annotations

from tests.sim.mutants.patch import REPLICATION, SERVICES, Patch
from tests.sim.mutants.tills import CARDS

PATCHES: tuple[Patch, ...] = (
    Patch(
        "breakfast-over-untold",
        "Screens are not told that breakfast is over where somebody asked in those seconds.",
        SERVICES + "shop.py",
        "        before, self._ticked = self._ticked, self.availability(now_ms)\n",
        "        before = self._available[1]\n        self._ticked = self.availability(now_ms)\n",
    ),
    Patch(
        "sold-while-out-untold",
        "Screens are not told of an order that turns out to have been sold while something was out.",
        SERVICES + "shop.py",
        "            orders |= affected\n",
        "",
        ("split", "cut off", "pair cut"),
    ),
    Patch(
        "enough-after-all-untold",
        "Screens are not told that an order was no mistake after all, as another one was voided.",
        SERVICES + "shop.py",
        "if since.get(item_id) != hlc]",
        "if not item_id]",
    ),
    Patch(
        "digest-of-one-view",
        "The digest of what is held is kept up to date for one kind of peer only: the others ask for all of it, for ever.",
        REPLICATION + "holdings.py",
        "                self._digests[view] ^= change\n",
        "                self._digests[view] ^= change\n                break\n",
    ),
    Patch(
        "stranded-untold",
        "Money goes back to a voucher that was cancelled, and nobody is told that the guest needs a new one.",
        SERVICES + "vouchers/state.py",
        "stranded=known.stranded or (state.cancelled and data.amount_minor > 0),",
        "stranded=known.stranded,",
    ),
    Patch(
        "key-comes-back",
        "A key of phones' links that was replaced holds again when it is asked for once more.",
        SERVICES + "phone/read_model.py",
        "list(dict.fromkeys([*state.replaced, *(k for k in data.replaces if k != data.key_id)]))",
        "[k for k in data.replaces if k != data.key_id]",
    ),
    Patch(
        "basket-put-down-twice",
        "Whoever asks again at another screen gets a second code for the same basket.",
        SERVICES + "baskets/decider.py",
        "if before is not None and before.mark == mark:",
        "if before is not None and before.mark == command_id:",
    ),
    Patch(
        "more-of-what-is-out",
        "More of a line is sold though its dish has run out.",
        SERVICES + "orders/decider.py",
        "    if quantity > kept.quantity:\n",
        "    if quantity > kept.quantity + 99:\n",
    ),
    Patch(
        "bacon-promised",
        "A dish that is made without what is out does not say so.",
        SERVICES + "orders/basket.py",
        "return list(dict.fromkeys([*wanted, *missing]))",
        "return list(dict.fromkeys(wanted))",
    ),
    Patch(
        "earliest-given-back",
        "Money is given back of the first payment that holds enough, and not of the latest.",
        SERVICES + "payments/refunds.py",
        "return (enough or holding)[-1]",
        "return (enough or holding)[0]",
    ),
    Patch(
        "tip-before-the-order",
        "A card that holds less than is wanted pays the tip, and not the order.",
        SERVICES + "payments/decider.py",
        "amount = min(given, request.amount_minor)  #",
        "amount = given - min(given, request.tip_minor)  #",
    ),
    Patch(
        "kept-is-forwarded",
        "A card that its terminal still keeps counts as given to the bank, and nobody asks about it any more.",
        SERVICES + "payments/decider.py",
        "        if outcome.offline:\n            return [], {}\n",
        "",
        CARDS,
    ),
    Patch(
        "apart-each-time",
        "A terminal that is apart from all others takes its limit off a voucher with each payment.",
        SERVICES + "vouchers/decider.py",
        "amount + _paid_here(state, now) > now.apart_minor",
        "amount > now.apart_minor",
    ),
    Patch(
        "made-twice",
        "A line that is made is said to be made once more.",
        SERVICES + "kitchen/decider.py",
        "    line_ids = [i for i in line_ids if i not in state.bumped]\n",
        "",
    ),
    Patch(
        "collected-recalled",
        "What the guest has taken is called back to the kitchen.",
        SERVICES + "kitchen/decider.py",
        "    if state.collected:\n        raise",
        "    if state.collected and state.voided:\n        raise",
    ),
)

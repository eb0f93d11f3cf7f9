"""A voucher as the fold of its events; pure.

Two terminals apart from each other may each have redeemed it: both payments stand, as the guests have eaten, and the
later one is told as double.
"""

from __future__ import annotations

from typing import Any

import msgspec

from server.services.fact import At, Fact, fits
from server.services.vouchers import events
from server.services.vouchers.events import Cancelled, Issued, Redeemed, Returned, Voucher, VoucherUse

TYPES: dict[str, type[Any]] = {
    events.ISSUED: Issued,
    events.REDEEMED: Redeemed,
    events.RETURNED: Returned,
    events.CANCELLED: Cancelled,
}


class Use(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`amount_minor` as redeemed; `returned` of it was given back, by refund id, `stranded` of those after the voucher
    was cancelled: nobody can spend it. `ms`: when, by the writer's clock."""

    at: At
    order_id: str = ""
    amount_minor: int = 0
    returned: dict[str, int] = {}
    ms: int = 0
    stranded: bool = False

    @property
    def net_minor(self) -> int:
        return max(0, self.amount_minor - sum(self.returned.values()))


class Again(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Issued once more, by another command at a terminal that was apart. `log_id`: of that terminal; `ms`: when."""

    amount_minor: int
    log_id: str
    ms: int


class VoucherState(msgspec.Struct, frozen=True, array_like=True):
    """`uses` by payment id, in the order of time. `issued_by`: the command's id. `again`: what
    other commands, at terminals that were apart, issued under the same code: what was paid for that is not on it."""

    issued: Issued | None = None
    cancelled: bool = False
    uses: dict[str, Use] = {}
    issued_by: str = ""
    again: dict[str, Again] = {}

    @property
    def used_minor(self) -> int:
        return sum(use.net_minor for use in self.uses.values())

    @property
    def balance_minor(self) -> int:
        """What may still be redeemed."""
        used = self.used_minor
        if self.issued is None or self.cancelled or (self.issued.single and used):
            return 0
        return max(0, self.issued.amount_minor - used)

    @property
    def overdrawn_minor(self) -> int:
        """What was redeemed and was not there: the shop bears it."""
        return sum(over for over in self._over().values())

    @property
    def doubles(self) -> frozenset[str]:
        """Payments that took what another had taken, by id."""
        return frozenset(self._over())

    @property
    def stranded(self) -> frozenset[str]:
        """Payments that were given back when the voucher was cancelled already, by id: the guest needs a new one."""
        return frozenset(payment_id for payment_id, use in self.uses.items() if use.stranded)

    @property
    def told(self) -> dict[str, str]:
        """What staff must know of an order, by the payment that the voucher made there."""
        return dict.fromkeys(self.doubles, "voucher_double") | dict.fromkeys(self.stranded, "voucher_stranded")

    def _over(self) -> dict[str, int]:
        left = self.issued.amount_minor if self.issued is not None else 0
        single = self.issued is not None and self.issued.single
        found = {}
        for payment_id, use in self.uses.items():
            if use.net_minor > left:
                found[payment_id] = use.net_minor - left
            if use.net_minor:
                left = 0 if single else max(0, left - use.net_minor)
        return found


def evolve(state: VoucherState, fact: Fact) -> VoucherState:
    """The first `issued` is the voucher; a payment counts once, and so does what was given back of it."""
    data = fact.data
    match data:
        case Issued():
            if state.issued is not None:
                if not fact.command_id or fact.command_id == state.issued_by:
                    return state  # one command, sent to two of them
                again = {**state.again, fact.command_id: Again(fits(data.amount_minor), fact.at[1], fact.wall_ms)}
                return msgspec.structs.replace(state, again=again)
            return msgspec.structs.replace(state, issued=data, issued_by=fact.command_id or "")
        case Cancelled():
            return msgspec.structs.replace(state, cancelled=True)
        case Redeemed():
            known = state.uses.get(data.payment_id)
            if known is not None and known.order_id:
                return state
            before = known or Use(fact.at)
            use = Use(fact.at, data.order_id, fits(data.amount_minor), before.returned, fact.wall_ms, before.stranded)
        case _:
            known = state.uses.get(data.payment_id, Use(fact.at))
            if data.refund_id in known.returned:
                return state
            use = msgspec.structs.replace(
                known,
                returned={**known.returned, data.refund_id: fits(data.amount_minor)},
                stranded=known.stranded or (state.cancelled and data.amount_minor > 0),
            )
    return msgspec.structs.replace(state, uses={**state.uses, data.payment_id: use})


def view(state: VoucherState | None) -> Voucher | None:
    """None for one that nobody has issued, as far as it is known here."""
    if state is None or state.issued is None:
        return None
    issued, doubles = state.issued, state.doubles
    uses = [VoucherUse(u.order_id, i, u.net_minor, i in doubles) for i, u in state.uses.items()]
    return Voucher(
        issued.amount_minor,
        state.balance_minor,
        issued.currency,
        issued.single,
        issued.until,
        issued.note,
        state.cancelled,
        state.overdrawn_minor,
        uses,
        fits(sum(one.amount_minor for one in state.again.values())),
    )

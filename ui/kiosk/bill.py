"""What the pay page shows of a payment: how it stands in words, what is paid already, what is still due. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.context import Shell
from ui.kiosk import words
from ui.text import listed

if TYPE_CHECKING:
    from ui.kiosk.payment import Payment


def tip_of(total_minor: int, percent: int) -> int:
    """In minor units, rounded as people do."""
    return (total_minor * percent + 50) // 100


def facts(payment: Payment, shell: Shell, basket_total: int, trouble: str = "") -> dict[str, Any]:
    """`total` is what is still due. Until the order is placed it is made from the basket's (`basket_total`, in minor
    units). `sums`: what leads to it, `{key, text, amount}` each.
    `free`: nothing is to be paid; `atCounter`: what is due is paid there.
    `stopped`: why nothing can be paid (`trouble`, of the basket), as long as the shop has no order yet."""
    whole = (payment.total_minor or basket_total) + payment.tip_minor
    return {
        "state": payment.state,
        "kind": payment.kind,
        "free": payment.state == "choose" and not whole,
        "atCounter": payment.at_counter,
        "failure": words.card_failure(shell, payment.failure),
        "advice": words.card_advice(shell, payment.failure),
        "number": payment.number,
        "total": money(shell, whole - payment.paid_minor),
        "paid": money(shell, payment.paid_minor) if payment.paid_minor else "",
        "sums": sums(payment, shell, whole),
        "tips": [
            tip_row(payment, shell, p, basket_total) for p in (0, *shell.tip_percents) if whole and shell.tip_percents
        ],
        "uncertain": payment.uncertain,
        "calledOff": payment.called_off,
        "stopped": trouble if payment.state == "choose" and not payment.sent else "",
    }


def sums(payment: Payment, shell: Shell, whole: int) -> list[dict[str, str]]:
    rows = []
    if payment.tip_minor:
        rows.append(("tip", shell.text("kiosk.tip_line"), payment.tip_minor))
    if payment.paid_minor:
        rows.append(("order", shell.text("kiosk.total"), whole))
        rows.append(("voucher", shell.text("kiosk.voucher"), -payment.paid_minor))
    return [{"key": key, "text": text, "amount": money(shell, amount)} for key, text, amount in rows]


def tip_row(payment: Payment, shell: Shell, percent: int, basket_total: int) -> dict[str, Any]:
    """`text` is heard; seen are `share` and under it `amount`."""
    share = shell.percentText(percent) if percent else shell.text("kiosk.no_tip")
    amount = money(shell, tip_of(payment.total_minor or basket_total, percent)) if percent else ""
    text = listed((share, amount), shell.language, " · ") if percent else share
    return {
        "percent": percent,
        "text": text,
        "share": share,
        "amount": amount,
        "chosen": payment.tip_percent == percent,
    }


def money(shell: Shell, minor: int) -> str:
    return str(shell.money(str(minor), ""))

"""What is said to a card terminal, and what its answers mean; pure.

Both sides of a payment keep one name for it: its id is `SaleTransactionID`, and `ServiceID` is derived from it. So the
terminal can be asked about the very same payment after any crash of ours, by nothing but what the log holds.
"""

from __future__ import annotations

import base64
import hashlib
import re
from decimal import Decimal
from typing import Literal
from urllib.parse import parse_qs

import msgspec

from server.cards import nexo
from server.cards.amounts import to_decimal, to_minor
from server.services.payments.card_terminal import Answer, CardDealing, CardOutcome, CardRefund, moves, name_of

SERVICE_ID_CHARS = 10
"""The protocol's limit. In base32 they hold 50 bits of a hash: two payments of 48 hours never meet."""

MAX_TEXT = 40
"""Of a card's name or an approval code: they are shown on a receipt, whatever a terminal sends."""

MAX_RECEIPT_CHARS = 2000
"""Forty lines of paper."""

Category = Literal["Payment", "Reversal", "TransactionStatus", "Abort", "Diagnosis"]

UNKNOWN = CardOutcome("unknown")

NOTHING_MOVED: dict[str, Answer] = {
    "Refusal": "declined",
    "InvalidCard": "declined",
    "WrongPIN": "declined",
    "PaymentRestriction": "declined",
    "Cancel": "cancelled",
    "Aborted": "cancelled",
    "Busy": "busy",
    "UnreachableHost": "no_line",
    "UnavailableService": "out_of_order",
    "UnavailableDevice": "out_of_order",
    "DeviceOut": "out_of_order",
    "LoggedOut": "out_of_order",
    "InsertedCard": "out_of_order",
}
"""Conditions with which a terminal says that it did not do it. Any other one is no answer to what became of it."""


class Parties(msgspec.Struct, frozen=True):
    """Who speaks with whom: our device's id, and the terminal's."""

    sale_id: str
    poi_id: str


def category_of(dealing: CardDealing) -> Category:
    return "Reversal" if isinstance(dealing, CardRefund) else "Payment"


def service_id_of(dealing: CardDealing) -> str:
    """Always the same one for the same payment or refund."""
    digest = hashlib.sha256(f"{category_of(dealing)} {name_of(dealing)}".encode()).digest()
    return base64.b32encode(digest)[:SERVICE_ID_CHARS].decode()


# -- what is said -----------------------------------------------------------------------------------------------------


def header(parties: Parties, category: Category, service_id: str) -> nexo.MessageHeader:
    return nexo.MessageHeader(
        protocol_version=nexo.PROTOCOL_VERSION,
        message_class="Service",
        message_category=category,
        message_type="Request",
        service_id=service_id,
        sale_id=parties.sale_id,
        poi_id=parties.poi_id,
    )


def do(parties: Parties, dealing: CardDealing, at: str) -> bytes:
    """The request to take the money, or to give it back. `at` is RFC 3339."""
    head = header(parties, category_of(dealing), service_id_of(dealing))
    sale_data = nexo.SaleData(nexo.TransactionIdentification(name_of(dealing), at))
    amount = to_decimal(moves(dealing), dealing.currency)
    if isinstance(dealing, CardRefund):
        original = nexo.TransactionIdentification(dealing.transaction_id, dealing.transaction_at)
        reversal = nexo.ReversalRequest(
            sale_data, nexo.OriginalPOITransaction(original), "MerchantCancel", reversed_amount=amount
        )
        return _encoded(nexo.SaleToPOIRequest(head, reversal_request=reversal))
    tip = to_decimal(dealing.tip_minor, dealing.currency) if dealing.tip_minor else None
    transaction = nexo.PaymentTransaction(
        nexo.AmountsReq(dealing.currency, amount, tip), nexo.TransactionConditions(dealing.online_only)
    )
    return _encoded(nexo.SaleToPOIRequest(head, payment_request=nexo.PaymentRequest(sale_data, transaction)))


def ask(parties: Parties, dealing: CardDealing, service_id: str) -> bytes:
    """What became of it? `service_id` is this question's own."""
    return _encoded(
        nexo.SaleToPOIRequest(
            header(parties, "TransactionStatus", service_id),
            transaction_status_request=nexo.TransactionStatusRequest(_reference(parties, dealing)),
        )
    )


def abort(parties: Parties, dealing: CardDealing, service_id: str) -> bytes:
    """Don't wait for a card any longer."""
    return _encoded(
        nexo.SaleToPOIRequest(
            header(parties, "Abort", service_id),
            abort_request=nexo.AbortRequest(_reference(parties, dealing), "MerchantAbort"),
        )
    )


def diagnose(parties: Parties, service_id: str) -> bytes:
    """How are you, and do you reach your acquirer?"""
    head = header(parties, "Diagnosis", service_id)
    return _encoded(nexo.SaleToPOIRequest(head, diagnosis_request=nexo.DiagnosisRequest(True)))


def _reference(parties: Parties, dealing: CardDealing) -> nexo.MessageReference:
    return nexo.MessageReference(category_of(dealing), service_id_of(dealing), parties.sale_id)


def _encoded(request: nexo.SaleToPOIRequest) -> bytes:
    return nexo.encode(nexo.Request(request))


# -- what the answers mean --------------------------------------------------------------------------------------------


def done(dealing: CardDealing, body: bytes) -> CardOutcome:
    """What the answer to `do` says; `unknown` when it says nothing about this very payment or refund."""
    answer = _decoded(body)
    if answer is None or answer.message_header.service_id != service_id_of(dealing):
        return UNKNOWN
    return _outcome(dealing, answer.payment_response, answer.reversal_response)


def told(dealing: CardDealing, body: bytes) -> CardOutcome | None:
    """What the answer to `ask` says; None: it never happened. `unknown`: it is under way, or nothing was said."""
    answer = _decoded(body)
    status = None if answer is None else answer.transaction_status_response
    if status is None:
        return UNKNOWN
    if status.response.result != "Success":
        return None if status.response.error_condition == "NotFound" else UNKNOWN
    reference, repeated = status.message_reference, status.repeated_message_response
    if repeated is None or (reference is not None and reference.service_id != service_id_of(dealing)):
        return UNKNOWN
    body_ = repeated.repeated_response_message_body
    return _outcome(dealing, body_.payment_response, body_.reversal_response)


class Condition(msgspec.Struct, frozen=True):
    """How a terminal says it is. `has_line`: it reaches its acquirer; None when it does not say."""

    works: bool
    status: str
    has_line: bool | None = None
    printer: str = ""


def diagnosed(body: bytes) -> Condition | None:
    """None when that is no answer of a card terminal."""
    answer = _decoded(body)
    found = None if answer is None else answer.diagnosis_response
    if found is None:
        return None
    if found.response.result != "Success" or found.poi_status is None:
        return Condition(False, found.response.error_condition or "no status")
    hosts = [host.is_reachable_flag for host in found.host_status]
    has_line = all(hosts) if hosts else found.poi_status.communication_ok_flag
    status = found.poi_status.global_status
    works = status in ("OK", "Busy") and found.poi_status.card_reader_ok_flag is not False
    return Condition(works, status, has_line, found.poi_status.printer_status)


def _decoded(body: bytes) -> nexo.SaleToPOIResponse | None:
    try:
        return nexo.decode_answer(body)
    except (ValueError, RecursionError):  # msgspec's errors among them
        return None


def _outcome(
    dealing: CardDealing, payment: nexo.PaymentResponse | None, reversal: nexo.ReversalResponse | None
) -> CardOutcome:
    said = reversal if isinstance(dealing, CardRefund) else payment
    if said is None or (
        said.sale_data is not None and said.sale_data.sale_transaction_id.transaction_id != name_of(dealing)
    ):
        return UNKNOWN
    if said.response.result not in ("Success", "Partial"):
        answer = NOTHING_MOVED.get(said.response.error_condition)
        return UNKNOWN if answer is None else CardOutcome(answer, card=_card(said), receipt=_receipt(said))
    try:
        amount = _amount(dealing, said)
    except ValueError:
        return UNKNOWN  # of another currency, or half a cent: somebody has to look
    named = said.poi_data.poi_transaction_id if said.poi_data is not None else None
    result = said.payment_result if isinstance(said, nexo.PaymentResponse) else None
    approval = result.payment_acquirer_data.approval_code if result and result.payment_acquirer_data else ""
    return CardOutcome(
        "approved",
        card=_card(said),
        authorization=_shown(approval),
        amount_minor=None if amount == moves(dealing) else amount,
        offline=result is not None and result.online_flag is False,
        transaction_id=named.transaction_id if named else "",
        transaction_at=named.time_stamp if named else "",
        receipt=_receipt(said),
    )


def _amount(dealing: CardDealing, said: nexo.PaymentResponse | nexo.ReversalResponse) -> int:
    """What moved, in minor units. Raises `ValueError`."""
    amount: Decimal | None = None
    if isinstance(said, nexo.ReversalResponse):
        amount = said.reversed_amount
    elif said.payment_result is not None and said.payment_result.amounts_resp is not None:
        amounts = said.payment_result.amounts_resp
        if amounts.currency and amounts.currency != dealing.currency:
            raise ValueError("another currency")
        amount = amounts.authorized_amount
    found = moves(dealing) if amount is None else to_minor(amount, dealing.currency)
    if found <= 0:
        raise ValueError("no amount")
    return found


def _card(said: nexo.PaymentResponse | nexo.ReversalResponse) -> str:
    """`VISA ···· 4242`: never more of the number than its last four digits, whatever the terminal sends."""
    result = said.payment_result if isinstance(said, nexo.PaymentResponse) else None
    instrument = result.payment_instrument_data if result else None
    card = instrument.card_data if instrument else None
    if card is None:
        return ""
    last = re.search(r"(\d{4})\D*$", card.masked_pan)
    return " ".join(part for part in (_shown(card.payment_brand.upper()), f"···· {last[1]}" if last else "") if part)


def _shown(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:MAX_TEXT]


def _receipt(said: nexo.PaymentResponse | nexo.ReversalResponse) -> str:
    """The customer's receipt, as lines."""
    for receipt in said.payment_receipt:
        if receipt.document_qualifier == "CustomerReceipt" and receipt.output_content is not None:
            lines = [_line(one.text) for one in receipt.output_content.output_text]
            return "\n".join(lines)[:MAX_RECEIPT_CHARS]
    return ""


def _line(text: str) -> str:
    """Some terminals send `key=…&name=TOTAL&value=9.50` for `TOTAL 9.50`."""
    if text.startswith("key="):
        fields = parse_qs(text, keep_blank_values=True)
        text = "  ".join(fields[key][0] for key in ("name", "value") if key in fields)
    return "".join(c for c in text if c.isprintable()).rstrip()

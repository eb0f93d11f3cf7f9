"""nexo as it is said and heard: every payment has one name, and an answer means what it says or nothing."""

from __future__ import annotations

import json
import string
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cards import messages, nexo
from server.cards.amounts import EXPONENTS, to_decimal, to_minor
from server.cards.messages import Parties
from server.services.payments.card_terminal import CardOutcome, CardRefund, CardRequest

US = Parties("pilot-1", "V400m-1")
AT = "2026-03-01T12:00:00.000Z"
IDS = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=64)
CURRENCIES = st.sampled_from(["EUR", "USD", *EXPONENTS])
AMOUNTS = st.integers(1, 10**10)


def payment(**more: Any) -> CardRequest:
    return CardRequest(**{"payment_id": "p1", "order_id": "o1", "amount_minor": 1050, "currency": "EUR", **more})


def refund(**more: Any) -> CardRefund:
    fields = {"refund_id": "r1", "payment_id": "p1", "order_id": "o1", "amount_minor": 1050, "currency": "EUR"}
    return CardRefund(**{**fields, "transaction_id": "17", "transaction_at": AT, **more})


def answer(dealing: CardRequest | CardRefund, said: dict[str, Any], **header: Any) -> bytes:
    kind = "ReversalResponse" if isinstance(dealing, CardRefund) else "PaymentResponse"
    head = json.loads(nexo.encode(messages.header(US, messages.category_of(dealing), messages.service_id_of(dealing))))
    return json.dumps(
        {"SaleToPOIResponse": {"MessageHeader": {**head, "MessageType": "Response", **header}, kind: said}}
    ).encode()


def status(said: dict[str, Any]) -> bytes:
    head = json.loads(nexo.encode(messages.header(US, "TransactionStatus", "1")))
    return json.dumps({"SaleToPOIResponse": {"MessageHeader": head, "TransactionStatusResponse": said}}).encode()


SUCCESS: dict[str, Any] = {
    "Response": {"Result": "Success", "AdditionalResponse": "tid=1"},
    "SaleData": {"SaleTransactionID": {"TransactionID": "p1", "TimeStamp": AT}},
    "POIData": {"POITransactionID": {"TransactionID": "oLkO.PSP", "TimeStamp": AT}, "POIReconciliationID": "1000"},
    "PaymentResult": {
        "AmountsResp": {"AuthorizedAmount": 10.5, "Currency": "EUR"},
        "OnlineFlag": True,
        "PaymentAcquirerData": {"ApprovalCode": "123456", "MerchantID": "M"},
        "PaymentInstrumentData": {
            "PaymentInstrumentType": "Card",
            "CardData": {"PaymentBrand": "visa", "MaskedPan": "411111 **** 1111", "EntryMode": ["Contactless"]},
        },
    },
    "PaymentReceipt": [
        {"DocumentQualifier": "CashierReceipt", "OutputContent": {"OutputText": [{"Text": "not this"}]}},
        {
            "DocumentQualifier": "CustomerReceipt",
            "OutputContent": {
                "OutputFormat": "Text",
                "OutputText": [{"Text": "key=totalAmount&name=TOTAL&value=%E2%82%AC+10.50"}, {"Text": "THANK YOU"}],
            },
        },
    ],
}


def test_a_payment_is_asked_for_as_terminals_document_it() -> None:
    said = json.loads(messages.do(US, payment(online_only=True), AT))["SaleToPOIRequest"]
    head = said["MessageHeader"]
    assert head == {
        "ProtocolVersion": "3.0", "MessageClass": "Service", "MessageCategory": "Payment", "MessageType": "Request",
        "ServiceID": messages.service_id_of(payment()), "SaleID": "pilot-1", "POIID": "V400m-1",
    }  # fmt: skip
    assert said["PaymentRequest"] == {
        "SaleData": {"SaleTransactionID": {"TransactionID": "p1", "TimeStamp": AT}},
        "PaymentTransaction": {
            "AmountsReq": {"Currency": "EUR", "RequestedAmount": 10.5},
            "TransactionConditions": {"ForceOnlineFlag": True},
        },
    }


def test_a_tip_is_part_of_what_is_asked_for() -> None:
    said = json.loads(messages.do(US, payment(tip_minor=105), AT))["SaleToPOIRequest"]["PaymentRequest"]
    assert said["PaymentTransaction"]["AmountsReq"] == {
        "Currency": "EUR", "RequestedAmount": 11.55, "TipAmount": 1.05,
    }  # fmt: skip


def test_money_given_back_names_the_payment_as_the_terminal_did() -> None:
    said = json.loads(messages.do(US, refund(amount_minor=250), AT))["SaleToPOIRequest"]
    assert said["MessageHeader"]["MessageCategory"] == "Reversal"
    assert said["ReversalRequest"] == {
        "SaleData": {"SaleTransactionID": {"TransactionID": "r1", "TimeStamp": AT}},
        "OriginalPOITransaction": {"POITransactionID": {"TransactionID": "17", "TimeStamp": AT}},
        "ReversalReason": "MerchantCancel",
        "ReversedAmount": 2.5,
    }


@given(IDS, IDS, AMOUNTS, CURRENCIES)
def test_after_any_crash_the_question_is_about_the_very_same_payment(
    payment_id: str, order_id: str, amount: int, currency: str
) -> None:
    """By nothing but what the log holds: the payment's id."""
    sent = payment(payment_id=payment_id, order_id=order_id, amount_minor=amount, currency=currency, by="Kiosk")
    known = payment(payment_id=payment_id, again=True)
    did = nexo.decode_request(messages.do(US, sent, AT))
    asked = nexo.decode_request(messages.ask(US, known, "9"))
    assert asked.transaction_status_request is not None
    reference = asked.transaction_status_request.message_reference
    assert (reference.sale_id, reference.service_id) == (did.message_header.sale_id, did.message_header.service_id)
    assert 0 < len(reference.service_id) <= messages.SERVICE_ID_CHARS
    assert reference.service_id != messages.service_id_of(refund(refund_id=payment_id))
    assert did.payment_request is not None
    assert did.payment_request.sale_data.sale_transaction_id.transaction_id == payment_id
    requested = did.payment_request.payment_transaction.amounts_req.requested_amount
    assert to_minor(requested, currency) == amount


@given(st.integers(0, 10**11), CURRENCIES)
def test_amounts_go_there_and_back(minor: int, currency: str) -> None:
    assert to_minor(to_decimal(minor, currency), currency) == minor


@pytest.mark.parametrize("amount", ["10.005", "1e400", "-1e999999", "NaN", "Infinity"])
def test_an_amount_that_is_none_is_not_taken_for_one(amount: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        to_minor(Decimal(amount), "EUR")


def test_a_taken_card_is_told_with_what_a_receipt_needs() -> None:
    outcome = messages.done(payment(), answer(payment(), SUCCESS))
    assert outcome == CardOutcome(
        "approved", "VISA ···· 1111", "123456", None, False, "oLkO.PSP", AT, "TOTAL  € 10.50\nTHANK YOU"
    )
    told = {
        "Response": {"Result": "Success"},
        "RepeatedMessageResponse": {"RepeatedResponseMessageBody": {"PaymentResponse": SUCCESS}},
    }
    assert messages.told(payment(), status(told)) == outcome


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Refusal", "declined"), ("Cancel", "cancelled"), ("Aborted", "cancelled"), ("Busy", "busy"),
        ("UnreachableHost", "no_line"), ("DeviceOut", "out_of_order"),
        ("InProgress", "unknown"), ("NotFound", "unknown"), ("NotAllowed", "unknown"), ("MessageFormat", "unknown"),
        ("SomethingNew", "unknown"), ("", "unknown"),
    ],
)  # fmt: skip
def test_a_failure_says_that_no_money_moved_only_where_it_says_so(condition: str, expected: str) -> None:
    said = {"Response": {"Result": "Failure", "ErrorCondition": condition}}
    assert messages.done(payment(), answer(payment(), said)).answer == expected


def test_what_became_of_it_is_known_never_under_way_or_not_said() -> None:
    def found(said: dict[str, Any]) -> str:
        outcome = messages.told(payment(), status(said))
        return "never" if outcome is None else outcome.answer

    assert found({"Response": {"Result": "Failure", "ErrorCondition": "NotFound"}}) == "never"
    assert found({"Response": {"Result": "Failure", "ErrorCondition": "InProgress"}}) == "unknown"
    assert found({"Response": {"Result": "Failure", "ErrorCondition": "Busy"}}) == "unknown"
    assert found({"Response": {"Result": "Success"}}) == "unknown"


def changed(**path: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(json.dumps(SUCCESS))
    for key, value in path.items():
        at = said
        *way, last = key.split("__")
        for step in way:
            at = at[step]
        at[last] = value
    return said


def test_an_answer_about_something_else_is_no_answer() -> None:
    other = changed(SaleData__SaleTransactionID__TransactionID="p2")
    assert messages.done(payment(), answer(payment(), other)).answer == "unknown"
    assert messages.done(payment(), answer(payment(), SUCCESS, ServiceID="OTHER")).answer == "unknown"
    assert messages.done(refund(), answer(payment(), SUCCESS)).answer == "unknown"
    dollars = changed(PaymentResult__AmountsResp__Currency="USD")
    assert messages.done(payment(), answer(payment(), dollars)).answer == "unknown"


def test_what_was_really_taken_is_told() -> None:
    less = changed(Response__Result="Partial", PaymentResult__AmountsResp__AuthorizedAmount=4)
    assert messages.done(payment(), answer(payment(), less)).amount_minor == 400
    assert messages.done(payment(), answer(payment(), changed(PaymentResult__OnlineFlag=False))).offline


@given(st.text(max_size=40))
def test_never_more_of_a_card_than_its_last_four_digits(pan: str) -> None:
    said = changed(PaymentResult__PaymentInstrumentData__CardData__MaskedPan=pan)
    assert sum(c.isdigit() for c in messages.done(payment(), answer(payment(), said)).card) in (0, 4)
    full = changed(PaymentResult__PaymentInstrumentData__CardData__MaskedPan="4111111111111111")
    assert messages.done(payment(), answer(payment(), full)).card == "VISA ···· 1111"


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_garbage_tells_nothing_and_breaks_nothing(body: bytes) -> None:
    for dealing in (payment(), refund()):
        assert messages.done(dealing, body).answer == "unknown"
        assert messages.told(dealing, body) == messages.UNKNOWN
    assert messages.diagnosed(body) is None


def test_a_deep_and_a_huge_answer_break_nothing() -> None:
    assert messages.done(payment(), b"[" * 100_000).answer == "unknown"
    huge = answer(payment(), SUCCESS).replace(b"10.5", b"1e999999")
    assert messages.done(payment(), huge).answer == "unknown"


@pytest.mark.parametrize(
    ("said", "works", "line"),
    [
        ({"POIStatus": {"GlobalStatus": "OK"}, "HostStatus": [{"IsReachableFlag": True}]}, True, True),
        ({"POIStatus": {"GlobalStatus": "Busy", "CommunicationOKFlag": False}}, True, False),
        ({"POIStatus": {"GlobalStatus": "OK", "CardReaderOKFlag": False}}, False, None),
        ({"POIStatus": {"GlobalStatus": "Maintenance"}, "HostStatus": [{"IsReachableFlag": False}]}, False, False),
    ],
)  # fmt: skip
def test_a_terminal_says_how_it_is(said: dict[str, Any], works: bool, line: bool | None) -> None:
    head = json.loads(nexo.encode(messages.header(US, "Diagnosis", "1")))
    body = {"MessageHeader": head, "DiagnosisResponse": {"Response": {"Result": "Success"}, **said}}
    found = messages.diagnosed(json.dumps({"SaleToPOIResponse": body}).encode())
    assert found is not None
    assert (found.works, found.has_line) == (works, line)

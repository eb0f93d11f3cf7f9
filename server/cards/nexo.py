"""The shapes of nexo's Sale to POI protocol that are spoken here, by the names that the protocol gives them.

Terminals' public APIs document them as JSON. A field that is not read here is ignored; one that is not set is not sent.
Amounts are decimal numbers in the currency's major unit.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

PROTOCOL_VERSION = "3.0"

_WRITTEN = {"id": "ID", "poi": "POI", "ok": "OK"}


def _named(field: str) -> str:
    """`poi_transaction_id` is `POITransactionID` there."""
    return "".join(_WRITTEN.get(part, part.title()) for part in field.split("_"))


class Shape(msgspec.Struct, frozen=True, omit_defaults=True, rename=_named):
    pass


class MessageHeader(Shape, frozen=True):
    """`service_id` names a pair of request and answer, in at most 10 characters, once in 48 hours for a `sale_id`."""

    protocol_version: str
    message_class: str
    message_category: str
    message_type: str
    service_id: str
    sale_id: str
    poi_id: str


class TransactionIdentification(Shape, frozen=True):
    transaction_id: str
    time_stamp: str


class SaleData(Shape, frozen=True):
    sale_transaction_id: TransactionIdentification


class AmountsReq(Shape, frozen=True):
    """`requested_amount` holds the `tip_amount`."""

    currency: str
    requested_amount: Decimal
    tip_amount: Decimal | None = None


class TransactionConditions(Shape, frozen=True):
    """`force_online_flag`: the terminal must ask its acquirer, and refuses where it can't."""

    force_online_flag: bool


class PaymentTransaction(Shape, frozen=True):
    amounts_req: AmountsReq
    transaction_conditions: TransactionConditions | None = None


class PaymentRequest(Shape, frozen=True):
    sale_data: SaleData
    payment_transaction: PaymentTransaction


class MessageReference(Shape, frozen=True):
    """Of the request that is asked about or called off."""

    message_category: str
    service_id: str
    sale_id: str


class TransactionStatusRequest(Shape, frozen=True):
    message_reference: MessageReference


class AbortRequest(Shape, frozen=True):
    message_reference: MessageReference
    abort_reason: str


class OriginalPOITransaction(Shape, frozen=True):
    poi_transaction_id: TransactionIdentification


class ReversalRequest(Shape, frozen=True):
    sale_data: SaleData
    original_poi_transaction: OriginalPOITransaction
    reversal_reason: str
    reversed_amount: Decimal


class DiagnosisRequest(Shape, frozen=True):
    host_diagnosis_flag: bool


class SaleToPOIRequest(Shape, frozen=True):
    message_header: MessageHeader
    payment_request: PaymentRequest | None = None
    transaction_status_request: TransactionStatusRequest | None = None
    abort_request: AbortRequest | None = None
    reversal_request: ReversalRequest | None = None
    diagnosis_request: DiagnosisRequest | None = None


class Request(Shape, frozen=True):
    sale_to_poi_request: SaleToPOIRequest


class Response(Shape, frozen=True):
    """`result` is Success, Partial or Failure; `error_condition` says why it failed."""

    result: str
    error_condition: str = ""
    additional_response: str = ""


class POIData(Shape, frozen=True):
    poi_transaction_id: TransactionIdentification


class OutputText(Shape, frozen=True):
    text: str = ""


class OutputContent(Shape, frozen=True):
    output_format: str = ""
    output_text: list[OutputText] = []


class PaymentReceipt(Shape, frozen=True):
    document_qualifier: str
    output_content: OutputContent | None = None


class CardData(Shape, frozen=True):
    payment_brand: str = ""
    masked_pan: str = ""


class PaymentInstrumentData(Shape, frozen=True):
    payment_instrument_type: str = ""
    card_data: CardData | None = None


class PaymentAcquirerData(Shape, frozen=True):
    approval_code: str = ""


class AmountsResp(Shape, frozen=True):
    authorized_amount: Decimal
    currency: str = ""


class PaymentResult(Shape, frozen=True):
    """`online_flag` is false when the terminal decided without its acquirer."""

    amounts_resp: AmountsResp | None = None
    online_flag: bool | None = None
    payment_instrument_data: PaymentInstrumentData | None = None
    payment_acquirer_data: PaymentAcquirerData | None = None


class PaymentResponse(Shape, frozen=True):
    response: Response
    sale_data: SaleData | None = None
    poi_data: POIData | None = None
    payment_result: PaymentResult | None = None
    payment_receipt: list[PaymentReceipt] = []


class ReversalResponse(Shape, frozen=True):
    response: Response
    sale_data: SaleData | None = None
    poi_data: POIData | None = None
    original_poi_transaction: OriginalPOITransaction | None = None
    reversed_amount: Decimal | None = None
    payment_receipt: list[PaymentReceipt] = []


class RepeatedResponseMessageBody(Shape, frozen=True):
    payment_response: PaymentResponse | None = None
    reversal_response: ReversalResponse | None = None


class RepeatedMessageResponse(Shape, frozen=True):
    repeated_response_message_body: RepeatedResponseMessageBody
    message_header: MessageHeader | None = None


class TransactionStatusResponse(Shape, frozen=True):
    response: Response
    message_reference: MessageReference | None = None
    repeated_message_response: RepeatedMessageResponse | None = None


class HostStatus(Shape, frozen=True):
    is_reachable_flag: bool
    acquirer_id: str | int = ""


class POIStatus(Shape, frozen=True):
    """`global_status` is OK, Busy, Maintenance or Unreachable; `printer_status` OK, PaperLow, NoPaper, …"""

    global_status: str
    communication_ok_flag: bool | None = None
    card_reader_ok_flag: bool | None = None
    printer_status: str = ""


class DiagnosisResponse(Shape, frozen=True):
    response: Response
    poi_status: POIStatus | None = None
    host_status: list[HostStatus] = []


class EventNotification(Shape, frozen=True):
    """A terminal's answer to what it can't take as a request: `event_to_notify` is Reject then."""

    event_to_notify: str
    event_details: str = ""
    time_stamp: str = ""


class SaleToPOIResponse(Shape, frozen=True):
    message_header: MessageHeader
    payment_response: PaymentResponse | None = None
    transaction_status_response: TransactionStatusResponse | None = None
    reversal_response: ReversalResponse | None = None
    diagnosis_response: DiagnosisResponse | None = None


class Answer(Shape, frozen=True):
    sale_to_poi_response: SaleToPOIResponse


_ENCODER = msgspec.json.Encoder(decimal_format="number")
_REQUEST = msgspec.json.Decoder(Request)
_ANSWER = msgspec.json.Decoder(Answer)


def encode(message: Shape) -> bytes:
    return _ENCODER.encode(message)


def decode_request(body: bytes) -> SaleToPOIRequest:
    """Raises `msgspec.DecodeError`."""
    return _REQUEST.decode(body).sale_to_poi_request


def decode_answer(body: bytes) -> SaleToPOIResponse:
    """Raises `msgspec.DecodeError`."""
    return _ANSWER.decode(body).sale_to_poi_response

"""A card terminal that is none: it speaks nexo, remembers what it did, and behaves as it is told.

It is as strict as the strictest: a `ServiceID` that it knows is not taken a second time.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Literal

import msgspec

from server.cards import nexo
from server.cards.book import Book, Dealing

Mode = Literal["approve", "decline", "slow", "offline", "cancel", "die"]
MODES: dict[Mode, str] = {
    "approve": "takes every card",
    "decline": "the card is refused",
    "slow": "the customer takes half a minute",
    "offline": "has no line to its acquirer: accepts offline what it may",
    "cancel": "the customer presses the red key",
    "die": "takes the money and dies before it says so",
}
SLOW_MS = 30_000
LOOK_S = 0.02
DEFAULT_DELAY_MS = 800

CARD = nexo.PaymentInstrumentData("Card", nexo.CardData("visa", "476173 **** 4242"))


class Behaviour(msgspec.Struct, forbid_unknown_fields=True):
    """`late`: what becomes of payments that were accepted offline, once there is a line again. `tells_after_ms`: how
    long it keeps an outcome to itself; made shorter meanwhile, it tells at once."""

    mode: Mode = "approve"
    delay_ms: int = DEFAULT_DELAY_MS
    late: Literal["approve", "decline"] = "approve"
    tells_after_ms: int = 0


def die() -> None:
    """As if the plug was pulled: nothing is said, nothing is closed."""
    sys.stderr.flush()
    os._exit(9)


class CardTerminalSimulator:
    """`answer` is all that the network sees. `now` gives RFC 3339."""

    def __init__(self, book: Book, behaviour: Behaviour, now: Callable[[], str], die: Callable[[], None] = die) -> None:
        self.book = book
        self.behaviour = behaviour
        self._now = now
        self._die = die
        self._under_way: tuple[str, str] | None = None  # the sale id and service id of who has the card reader
        self._called_off = asyncio.Event()

    def set(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.forward()

    def forward(self) -> None:
        """What was accepted offline goes to the acquirer, who may see it otherwise."""
        if self.behaviour.mode != "offline":
            for one in self.book.stored():
                if self.behaviour.late == "decline":
                    self.book.end(one.number, "declined_late", "Refusal")
                else:
                    self.book.end(one.number, "approved")

    async def answer(self, body: bytes) -> bytes:
        """Raises `msgspec.DecodeError` for what is no request."""
        request = nexo.decode_request(body)
        head = request.message_header
        said: nexo.SaleToPOIResponse
        answering = msgspec.structs.replace(head, message_type="Response")
        if request.payment_request is not None:
            payment = await self._pay(head, request.payment_request)
            said = nexo.SaleToPOIResponse(answering, payment_response=payment)
        elif request.reversal_request is not None:
            reversal = await self._reverse(head, request.reversal_request)
            said = nexo.SaleToPOIResponse(answering, reversal_response=reversal)
        elif request.transaction_status_request is not None:
            status = self._status(request.transaction_status_request)
            said = nexo.SaleToPOIResponse(answering, transaction_status_response=status)
        elif request.diagnosis_request is not None:
            said = nexo.SaleToPOIResponse(answering, diagnosis_response=self._diagnosis())
        elif request.abort_request is not None:
            reference = request.abort_request.message_reference
            if self._under_way == (reference.sale_id, reference.service_id):
                self._called_off.set()
            return b""  # the protocol has no answer to it: the payment itself is answered
        else:
            raise msgspec.DecodeError("there is no request in it that this terminal knows")
        return nexo.encode(nexo.Answer(said))

    # -- payments and reversals -----------------------------------------------------------------------------------

    async def _pay(self, head: nexo.MessageHeader, request: nexo.PaymentRequest) -> nexo.PaymentResponse:
        amounts, named = request.payment_transaction.amounts_req, request.sale_data.sale_transaction_id
        conditions = request.payment_transaction.transaction_conditions
        refused = self._not_taken(head)
        if refused is not None:
            return nexo.PaymentResponse(refused, request.sale_data)
        begun = self.book.begin(
            head.sale_id, head.service_id, "Payment", named.transaction_id,
            amounts.currency, str(amounts.requested_amount), self._now(),
        )  # fmt: skip
        ended = await self._deal(begun, conditions is not None and conditions.force_online_flag)
        return payment_response(ended)

    async def _reverse(self, head: nexo.MessageHeader, request: nexo.ReversalRequest) -> nexo.ReversalResponse:
        original, named = request.original_poi_transaction.poi_transaction_id, request.sale_data.sale_transaction_id
        paid = self.book.payment(int(original.transaction_id)) if original.transaction_id.isdigit() else None
        refused = self._not_taken(head)
        if refused is None and (paid is None or not paid.stands):
            refused = failure("NotFound")
        if refused is None and paid is not None:
            back = sum(Decimal(one.amount) for one in self.book.reversals(paid.number))
            if back + request.reversed_amount > Decimal(paid.amount):
                refused = failure("NotAllowed")
        if refused is not None or paid is None:
            return nexo.ReversalResponse(refused or failure("NotFound"), request.sale_data)
        begun = self.book.begin(
            head.sale_id, head.service_id, "Reversal", named.transaction_id,
            paid.currency, str(request.reversed_amount), self._now(), paid.number,
        )  # fmt: skip
        return reversal_response(await self._deal(begun, True))

    def _not_taken(self, head: nexo.MessageHeader) -> nexo.Response | None:
        if self._under_way is not None:
            return failure("Busy")
        if self.book.find(head.sale_id, head.service_id) is not None:
            return failure("NotAllowed")
        return None

    async def _deal(self, begun: Dealing, online_only: bool) -> Dealing:
        self._under_way = (begun.sale_id, begun.service_id)
        self._called_off.clear()
        try:
            delay_ms = self.behaviour.delay_ms + (SLOW_MS if self.behaviour.mode == "slow" else 0)
            try:
                await asyncio.wait_for(self._called_off.wait(), delay_ms / 1000)
                return self.book.end(begun.number, "failed", "Aborted")
            except TimeoutError:
                ended = self._decide(begun, online_only)
            ended_s = asyncio.get_running_loop().time()
            while asyncio.get_running_loop().time() < ended_s + self.behaviour.tells_after_ms / 1000:
                await asyncio.sleep(LOOK_S)
            return ended
        finally:
            self._under_way = None

    def _decide(self, begun: Dealing, online_only: bool) -> Dealing:
        match self.behaviour.mode:
            case "decline":
                return self.book.end(begun.number, "failed", "Refusal")
            case "cancel":
                return self.book.end(begun.number, "failed", "Cancel")
            case "offline" if online_only:
                return self.book.end(begun.number, "failed", "UnreachableHost")
            case "offline":
                return self.book.end(begun.number, "stored")
            case mode:
                self.forward()
                ended = self.book.end(begun.number, "approved")
                if mode == "die":
                    self._die()
                return ended

    # -- questions ------------------------------------------------------------------------------------------------

    def _status(self, request: nexo.TransactionStatusRequest) -> nexo.TransactionStatusResponse:
        reference = request.message_reference
        found = self.book.find(reference.sale_id, reference.service_id)
        if found is None or found.category != reference.message_category:
            return nexo.TransactionStatusResponse(failure("NotFound"), reference)
        if found.state == "started":
            return nexo.TransactionStatusResponse(failure("InProgress"), reference)
        repeated = (
            nexo.RepeatedResponseMessageBody(payment_response=payment_response(found))
            if found.category == "Payment"
            else nexo.RepeatedResponseMessageBody(reversal_response=reversal_response(found))
        )
        return nexo.TransactionStatusResponse(
            nexo.Response("Success"), reference, nexo.RepeatedMessageResponse(repeated)
        )

    def _diagnosis(self) -> nexo.DiagnosisResponse:
        has_line = self.behaviour.mode != "offline"
        status = nexo.POIStatus("Busy" if self._under_way else "OK", has_line, True, "OK")
        return nexo.DiagnosisResponse(nexo.Response("Success"), status, [nexo.HostStatus(has_line, "1")])


def failure(condition: str) -> nexo.Response:
    return nexo.Response("Failure", condition)


def payment_response(one: Dealing) -> nexo.PaymentResponse:
    """As it is now: a payment that was accepted offline says so until the acquirer has seen it."""
    sale_data = nexo.SaleData(nexo.TransactionIdentification(one.name, one.at))
    poi_data = nexo.POIData(nexo.TransactionIdentification(str(one.number), one.at))
    if not one.stands:
        return nexo.PaymentResponse(failure(one.condition), sale_data, poi_data)
    result = nexo.PaymentResult(
        nexo.AmountsResp(Decimal(one.amount), one.currency),
        online_flag=one.state == "approved",
        payment_instrument_data=CARD,
        payment_acquirer_data=nexo.PaymentAcquirerData(f"{one.number:06d}"),
    )
    return nexo.PaymentResponse(nexo.Response("Success"), sale_data, poi_data, result, [receipt(one, "PAYMENT")])


def reversal_response(one: Dealing) -> nexo.ReversalResponse:
    sale_data = nexo.SaleData(nexo.TransactionIdentification(one.name, one.at))
    poi_data = nexo.POIData(nexo.TransactionIdentification(str(one.number), one.at))
    if not one.stands:
        return nexo.ReversalResponse(failure(one.condition), sale_data, poi_data)
    return nexo.ReversalResponse(
        nexo.Response("Success"), sale_data, poi_data,
        reversed_amount=Decimal(one.amount), payment_receipt=[receipt(one, "REFUND")],
    )  # fmt: skip


def receipt(one: Dealing, what: str) -> nexo.PaymentReceipt:
    lines = [f"{what}  (simulated)", one.at[:19].replace("T", " "), "VISA  **** **** **** 4242"]
    lines += [f"TOTAL  {one.currency} {one.amount}", f"No. {one.number:06d}"]
    text = [nexo.OutputText(line) for line in lines]
    return nexo.PaymentReceipt("CustomerReceipt", nexo.OutputContent("Text", text))

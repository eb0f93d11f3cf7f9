"""The card terminal over HTTP: sends, waits, and asks what became of it whenever the answer is not an answer."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import ssl
from collections.abc import Callable
from pathlib import Path

import httpx

from server.cards import messages
from server.cards.address import Address
from server.cards.messages import Condition, Parties
from server.services.payments.card_terminal import CardDealing, CardOutcome, CardRefund, CardRequest

CONNECT_S = 3.0
"""A terminal on the shop's own network takes a connection at once, or not at all."""

GIVES_UP_S = 150.0
"""Terminals give a customer two minutes. One that has not answered by then is told to stop, and asked."""

LOOK_AFTER_S = 15.0
LOOK_EVERY_S = 5.0
"""While a card is waited for, the terminal is asked now and then how it stands: one without power answers nothing, and
a customer should not look at it for two minutes."""

SILENT_TIMES = 3
"""So often in a row it could not be asked: it is gone."""

ASK_TIMES = 5
ASK_EVERY_S = 1.0
"""When the answer was lost, the customer is kept for no longer; then somebody asks on in the background."""

STATUS_S = 5.0
"""A terminal answers a question about the past from its memory."""


class NexoTerminal:
    """A `CardTerminal`. `now` gives RFC 3339; `certificate` is the authority that vouches for a `nexos://` terminal,
    where the system's own do not."""

    def __init__(self, where: Address, sale_id: str, now: Callable[[], str], certificate: Path | None = None) -> None:
        self._url = where.url
        self._parties = Parties(sale_id, where.poi_id)
        self._now = now
        self._http = httpx.AsyncClient(
            headers={"content-type": "application/json"},
            verify=_trust(certificate) if where.url.startswith("https") else False,
            trust_env=False,  # a proxy has no business between a till and its card terminal
            limits=httpx.Limits(max_keepalive_connections=0),  # one that restarts must not be asked on a dead line
        )

    async def charge(self, request: CardRequest) -> CardOutcome:
        return await self._do(request)

    async def refund(self, refund: CardRefund) -> CardOutcome:
        if not refund.transaction_id and not refund.again:
            return CardOutcome("declined")  # it was no terminal of this kind that took it
        return await self._do(refund)

    async def status(self, dealing: CardDealing) -> CardOutcome:
        found = await self._ask(dealing)
        return CardOutcome("timed_out") if found is None else found

    async def abort(self, dealing: CardDealing) -> None:
        with contextlib.suppress(httpx.HTTPError):  # it is asked what became of it in any case
            await self._post(messages.abort(self._parties, dealing, _fresh()), STATUS_S)

    async def condition(self) -> Condition | None:
        """None: it does not answer, or not as a card terminal does."""
        try:
            return messages.diagnosed(await self._post(messages.diagnose(self._parties, _fresh()), STATUS_S))
        except httpx.HTTPError:
            return None

    async def _do(self, dealing: CardDealing) -> CardOutcome:
        if dealing.again:
            known = await self._ask(dealing)
            if known is not None:
                return CardOutcome("unknown") if known.answer == "unreachable" else known
        sending = asyncio.create_task(self._post(messages.do(self._parties, dealing, self._now()), GIVES_UP_S))
        try:
            found = await self._wait(dealing, sending)
            heard = sending.done()
            if found.answer != "unknown":
                return found
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return CardOutcome("unreachable")  # nothing was sent
        except httpx.ReadTimeout:
            heard = False
            await self.abort(dealing)
        except httpx.HTTPError:
            heard = False
        finally:
            sending.cancel()
        return await self._find_out(dealing, heard)

    async def _wait(self, dealing: CardDealing, sending: asyncio.Task[bytes]) -> CardOutcome:
        """Until it answers, is known to have done it, or is gone (`unknown`)."""
        silent, wait_s = 0, LOOK_AFTER_S
        while silent < SILENT_TIMES:
            await asyncio.wait({sending}, timeout=wait_s)
            if sending.done():
                return messages.done(dealing, sending.result())
            wait_s = LOOK_EVERY_S
            found = await self._ask(dealing)
            if found is None:
                break  # it has started anew since, and knows nothing of what we wait for
            if found.answer not in ("unknown", "unreachable"):
                return found
            silent = silent + 1 if found.answer == "unreachable" else 0
        return messages.UNKNOWN

    async def _find_out(self, dealing: CardDealing, heard: bool) -> CardOutcome:
        """`heard`: it did answer, and the answer told nothing."""
        never = 0
        for n in range(ASK_TIMES):
            if n:
                await asyncio.sleep(ASK_EVERY_S)
            found = await self._ask(dealing)
            if found is None:
                never += 1
                if heard or never > 1:  # said twice: what was on its way then has arrived or never will
                    return CardOutcome("out_of_order" if heard else "timed_out")
            elif found.answer not in ("unknown", "unreachable"):
                return found
        return messages.UNKNOWN

    async def _ask(self, dealing: CardDealing) -> CardOutcome | None:
        try:
            return messages.told(dealing, await self._post(messages.ask(self._parties, dealing, _fresh()), STATUS_S))
        except httpx.HTTPError:
            return CardOutcome("unreachable")

    async def _post(self, body: bytes, answer_s: float) -> bytes:
        """Raises `httpx.HTTPError`."""
        times = httpx.Timeout(CONNECT_S, read=answer_s, pool=None)
        answer = await self._http.post(self._url, content=body, timeout=times)
        answer.raise_for_status()
        return answer.content


def _fresh() -> str:
    return secrets.token_hex(messages.SERVICE_ID_CHARS // 2)


def _trust(certificate: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate) if certificate else None)

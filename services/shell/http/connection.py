"""One connection of a client, cut when the client takes too long; and how uvicorn is run with it.

uvicorn lets a head that never ends, a body that nobody waits for any more, and an answer that nobody takes stand for ever. Here each
has `patience` seconds, an answer that nobody takes three times as many. What a request's body may take is for `guard.py`, which reads it.
"""

import asyncio
from contextlib import suppress
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from services.shell.http.app import problem

UNWANTED = 2 << 20  # bytes


def configured(app: Any, host: str, port: int, patience: int) -> uvicorn.Config:
    """How uvicorn is run: `patience` is also how many seconds a connection may rest between two requests."""
    return uvicorn.Config(
        app,
        host,
        port,
        http=Connection,
        ws="none",
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_keep_alive=patience,
        timeout_graceful_shutdown=5,
    )


class Connection(H11Protocol):
    """See the module. A deadline is not moved by a byte that comes: who sends a head letter by letter is cut as well."""

    _cut: asyncio.TimerHandle | None = None
    _untaken: asyncio.TimerHandle | None = None
    _unwanted = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        for timer in (self._cut, self._untaken):
            if timer:
                timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Take what came; of a body that was answered already only so much that the client gets to reading the answer."""
        super().data_received(data)
        self._unwanted = self._unwanted + len(data) if self._answered_early() else 0
        if self._unwanted > UNWANTED:
            self.transport.abort()
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next head, or for the rest of a body that was answered before its end."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """The client takes nothing of the answer at present."""
        super().pause_writing()
        self._untaken = self._untaken or self.loop.call_later(3 * self.timeout_keep_alive, self.transport.abort)

    def resume_writing(self) -> None:
        """It goes on."""
        super().resume_writing()
        if self._untaken:
            self._untaken.cancel()
            self._untaken = None

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is answered where an answer is possible, and ends the connection anyway, also for the request it is part of."""
        refusal = problem(400, "not_http", "请求不合HTTP规范")
        headers = [*refusal.raw_headers, (b"connection", b"close")]
        with suppress(h11.LocalProtocolError):  # an answer has begun already
            for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=bytes(refusal.body)), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        if self.cycle:  # whoever answers it now is heard by nobody, and a second answer would be a fault
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()

    def _watch(self) -> None:
        """One deadline for as long as the client owes us a head, or the rest of what we do not want."""
        waiting = self.conn.their_state is h11.IDLE or self._answered_early()
        if waiting and self._cut is None:
            self._cut = self.loop.call_later(self.timeout_keep_alive, self.transport.abort)
        elif not waiting and self._cut is not None:
            self._cut.cancel()
            self._cut = None

    def _answered_early(self) -> bool:
        return self.conn.our_state in (h11.DONE, h11.MUST_CLOSE) and self.conn.their_state is h11.SEND_BODY

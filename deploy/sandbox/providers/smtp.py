"""A mail server: STARTTLS (or TLS from the first byte) and AUTH are demanded, then it takes, refuses, breaks off or keeps silent."""

import asyncio
import logging
import ssl
import warnings
from email import message_from_bytes
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from deploy.sandbox.providers.control import Control, Do, Step

USER, PASSWORD = "shouwang", "sandbox-mail"


class MailServer:
    """The server; `port` after `start`."""

    def __init__(self, control: Control, tls: ssl.SSLContext, implicit: bool = False) -> None:
        self._control, self._tls, self._implicit = control, tls, implicit
        self.port, self.connections = 0, 0
        self._open: set[SMTP] = set()

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # it warns of itself at every login
        loop, tls = asyncio.get_running_loop(), self._tls if self._implicit else None
        self._server = await loop.create_server(self._conversation, "127.0.0.1", 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hang up and stop."""
        self._server.close()
        self.hang_up()
        await self._server.wait_closed()

    def hang_up(self) -> None:
        """Break every connection."""
        for conversation in self._open:
            _hang_up(conversation)
        self._open.clear()

    def _conversation(self) -> SMTP:
        self.connections += 1
        how: dict[str, Any] = (
            {"auth_require_tls": False} if self._implicit else {"tls_context": self._tls, "require_starttls": True}
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it warns of AUTH without its own STARTTLS; here TLS is below it
            made = SMTP(_Mailbox(self._control), hostname="localhost", auth_required=True, authenticator=_known, **how)
        self._open.add(made)
        return made


class _Mailbox:
    """What happens in one conversation; aiosmtpd finds the hooks by their names."""

    def __init__(self, control: Control) -> None:
        self._control, self._step = control, Step()

    async def handle_MAIL(self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        self._step = self._control.take("mail")
        if self._step.do is Do.HANG_UP:
            self._control.record("mail", self._step)
            _hang_up(server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if self._step.do in (Do.REFUSE, Do.LIMIT):
            self._control.record("mail", self._step, to=address)
            return f"{self._step.code or '550'} no" if self._step.do is Do.REFUSE else "451 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        message, step = message_from_bytes(content, policy=default), self._step
        headers = [[name, str(value)] for name, value in message.items()]
        body = message.get_content()
        self._control.record(
            "mail", step, to=envelope.rcpt_tos[0], reference=str(message["Message-ID"]), headers=headers, text=body
        )
        if step.do is Do.CUT:
            _hang_up(server)
        if step.do is Do.DELAY:
            await asyncio.sleep(step.seconds)
        return f"{step.code or '554'} no" if step.do is Do.BREAK else "250 taken"


def _hang_up(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()


def _known(_: SMTP, __: Session, ___: Envelope, ____: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)

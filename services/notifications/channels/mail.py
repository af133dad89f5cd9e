"""Mail over SMTP: STARTTLS or TLS from the first byte, the server's certificate verified, AUTH, one connection kept for a burst.

What the server refuses before it was told the recipient (greeting, TLS, our credentials, our own address) is our trouble and `LATER`:
it says nothing about this letter. From DATA on, a silence is `UNKNOWN`: the server may have taken it. What a refusal of recipient or
content means stands in `smtp_status.py`. SMTP cannot be asked later and says nothing of arrival.
"""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime
from pathlib import Path
from typing import Literal

import aiosmtplib
from pydantic import SecretStr

from services.notifications.channels.letter import Letter, Outcome, Receipt
from services.notifications.channels.provider_post import trust
from services.notifications.channels.smtp_status import refused

_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# A mailbox of RFC 5321 as people have one: no quotes, no comments, no address literals, a domain of two labels at least; ASCII alone, for
# our letters go to any server (SMTPUTF8 is an extension). A domain in Chinese is written in its ASCII form ("xn--…").
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@)(?=.{{1,254}}\Z){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL}")
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,200}")
_REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,120}")


def is_address(text: str) -> bool:
    """Whether letters can go there, as far as the form says."""
    return _ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server. `sender` is our address; `seconds` bound one attempt, and by as much again the wait for the connection before it."""

    host: str
    port: int
    sender: str
    security: Literal["starttls", "tls"] = "starttls"
    user: str | None = None
    password: SecretStr | None = field(default=None, repr=False)
    ca_file: Path | None = None
    seconds: float = 30
    idle_seconds: float = 20

    def __post_init__(self) -> None:
        if not is_address(self.sender):
            raise ValueError("sender must be a plain mail address")
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password_file go together")


class MailSender:
    """The sender. Letters of many tasks go one after the other over one connection; who holds `connection` has it."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings, self._trust = settings, trust(settings.ca_file)
        self.connection, self._used = asyncio.Lock(), 0.0
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, letter: Letter) -> Receipt:
        """Try once. A letter that would not be one line of subject, one plain address and a plain reference is `REFUSED`."""
        if not is_address(letter.to):
            return Receipt(Outcome.REFUSED, reason="address_not_valid")
        if not _REFERENCE.fullmatch(letter.reference) or not _ONE_LINE.fullmatch(letter.subject):
            return Receipt(Outcome.REFUSED, reason="header_not_valid")
        attempt = _Attempt(self._settings.sender, letter)
        try:
            async with asyncio.timeout(self._settings.seconds):
                await self.connection.acquire()
        except TimeoutError:  # those before it take long: that is no fault of this letter
            return Receipt(Outcome.NOT_TRIED, reason="connection_busy")
        try:
            async with asyncio.timeout(self._settings.seconds):
                return await self._within(attempt)
        except TimeoutError:
            return attempt.silence("timed_out")
        finally:
            self.connection.release()

    async def ask(self, reference: str) -> Receipt | None:
        """None: SMTP cannot say."""
        return None

    async def close(self) -> None:
        """Say goodbye and close the connection."""
        async with self.connection:
            client, self._client = self._client, None
            if client is not None:
                with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                    await client.quit(timeout=2)
                client.close()

    async def _within(self, attempt: "_Attempt") -> Receipt:
        done = False
        try:
            receipt = await attempt.over(await self._connected())
            done = receipt.outcome is not Outcome.UNKNOWN
            return receipt
        except aiosmtplib.SMTPAuthenticationError:
            return Receipt(Outcome.LATER, reason="credentials_refused")
        except aiosmtplib.SMTPResponseException as error:
            return Receipt(Outcome.LATER, reason=f"not_welcome_{error.code}")
        except (aiosmtplib.SMTPException, OSError) as error:
            return attempt.silence("tls_failed" if "certificate" in str(error).lower() else "connection_failed")
        finally:
            self._used = asyncio.get_running_loop().time()
            if not done and self._client is not None:  # also when cancelled: half a conversation is no use to the next letter
                self._client.close()
                self._client = None

    async def _connected(self) -> aiosmtplib.SMTP:
        """The open connection if it was used just now and still answers, else a new one."""
        given, client = self._settings, self._client
        if client is not None:
            with suppress(aiosmtplib.SMTPException, OSError):
                if asyncio.get_running_loop().time() - self._used < given.idle_seconds:
                    await client.rset()
                    return client
            client.close()
        self._client = client = aiosmtplib.SMTP(
            hostname=given.host,
            port=given.port,
            use_tls=given.security == "tls",
            start_tls=given.security == "starttls",
            tls_context=self._trust,
            local_hostname=given.sender.rpartition("@")[2],
            timeout=given.seconds,
        )
        await client.connect()
        if given.user is not None and given.password is not None:
            await client.login(given.user, given.password.get_secret_value())
        return client


class _Attempt:
    """One letter on its way; `left` is set when its content may have reached the server."""

    def __init__(self, sender: str, letter: Letter) -> None:
        self._sender, self._to, self.left = sender, letter.to, False
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
        message["Message-ID"] = f"<{letter.reference}@{sender.rpartition('@')[2]}>"
        message["Date"], message["Auto-Submitted"] = format_datetime(localtime()), "auto-generated"
        message.set_content(letter.text, cte="base64")
        self._content = message.as_bytes()

    async def over(self, client: aiosmtplib.SMTP) -> Receipt:
        """The mail transaction. Raises what aiosmtplib raises, but for what the server says of recipient and content."""
        await client.mail(self._sender)
        try:
            await client.rcpt(self._to)
            self.left = True
            await client.data(self._content)
        except aiosmtplib.SMTPRecipientRefused as error:
            return refused(error.code, error.message, otherwise=f"recipient_refused_{error.code}")
        except aiosmtplib.SMTPDataError as error:
            return refused(error.code, error.message, otherwise=f"message_refused_{error.code}")
        return Receipt(Outcome.SENT)

    def silence(self, reason: str) -> Receipt:
        """What is known when the server said no more."""
        return Receipt(Outcome.UNKNOWN if self.left else Outcome.LATER, reason=reason)

"""The register, as the service that reminds may ask it: through whom and how a person is reached. A client that keeps nothing.

`POST {SHOUWANG_REGISTER_URL}/contacts` with the token in SHOUWANG_REGISTER_TOKEN_FILE (read for each question, so that an exchanged one
holds without a restart). A number lives from the answer to the provider's request, and nowhere else: no table, event, log or `repr`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import aiohttp
from prometheus_client import Counter
from pydantic import AfterValidator, TypeAdapter
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.engine.retry import Outage
from services.notifications.channels.address_guard import callable_url
from services.notifications.channels.provider_post import trust
from services.notifications.vocabulary import Channel
from services.shell.http.call import uuid7

ASKED = Counter("shouwang_register_asked_total", "questions to the register how persons are reached", ["outcome"])
AT_ONCE = 500  # persons in one question, as many as the register takes
_BY = {"TEXT": Channel.SMS, "VOICE": Channel.VOICE}


class Silent(Exception):
    """The register did not say; `reason` is a code. To be asked again later."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a person: whose phone, by which channel. `phone_id`: equal for equal numbers, and shows none; `confirmed`: its owner
    said that it is his, so the message may say what it is about; `proves`: that it arrives there may count; `case_only`: of a child
    under 14 nothing but the case is said."""

    owner: str
    channel: Channel
    phone: str = field(repr=False)
    phone_id: UUID
    confirmed: bool
    proves: bool
    case_only: bool
    language: str


@dataclass(frozen=True, slots=True)
class _Contact:
    way: str
    owner: str
    phone: str = field(repr=False)
    phone_id: UUID
    confirmed: bool
    proves: bool
    case_only: bool
    language: str


@dataclass(frozen=True, slots=True)
class _Ways:
    person_id: UUID
    contacts: tuple[_Contact, ...]


@dataclass(frozen=True, slots=True)
class _Answered:
    persons: tuple[_Ways, ...]
    refused: int


_ANSWER = TypeAdapter(_Answered)


def _base(url: str) -> str:
    """Inside the house plain http is allowed: services there speak it on a network of their own."""
    if url and not callable_url(url.replace("http://", "https://", 1)):
        raise ValueError("SHOUWANG_REGISTER_URL must be an http(s):// URL without credentials")
    return url.rstrip("/")


class RegisterSettings(BaseSettings):
    """Where the register answers, and the file with our token there. Without the URL nobody is told in person: the village goes."""

    model_config = SettingsConfigDict(env_prefix="SHOUWANG_", extra="ignore")

    register_url: Annotated[str, AfterValidator(_base)] = ""
    register_token_file: Path = Path("/run/secrets/register_token")
    register_ca_file: Path | None = None


class Directory:
    """Asks the register. Raises `Silent`, and nothing else."""

    def __init__(self, settings: RegisterSettings, session: aiohttp.ClientSession) -> None:
        self._settings, self._session, self._outage = settings, session, Outage("register_silent")
        self._waiting: dict[UUID, asyncio.Future[tuple[Way, ...]]] = {}
        self._asking: set[asyncio.Task[None]] = set()

    @property
    def known(self) -> bool:
        """Whether there is a register to be asked, and anything to ask it with. Raises nothing."""
        try:
            return bool(self._settings.register_url and self._settings.register_token_file.stat().st_size)
        except OSError:
            return False

    async def one(self, person_id: UUID) -> tuple[Way, ...]:
        """The ways to one person; who asks at the same moment asks together, in one question."""
        if not self._waiting:
            asking = asyncio.create_task(self._together())
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)
        future = self._waiting.setdefault(person_id, asyncio.get_running_loop().create_future())
        return await asyncio.shield(future)

    async def _together(self) -> None:
        await asyncio.sleep(0)
        asked, self._waiting = self._waiting, {}
        persons = list(asked)
        for part in (persons[i : i + AT_ONCE] for i in range(0, len(persons), AT_ONCE)):
            found: Mapping[UUID, tuple[Way, ...]] | Silent
            try:
                found = await self.ways(part)
            except Silent as silent:
                found = silent
            for person in part:
                if isinstance(found, Silent):
                    asked[person].set_exception(found)
                    asked[person].exception()  # whoever asked may be gone
                else:
                    asked[person].set_result(found.get(person, ()))

    async def ways(self, person_ids: Sequence[UUID]) -> Mapping[UUID, tuple[Way, ...]]:
        """The ways to at most `AT_ONCE` persons, the first one first. Who has none, or is not known there, is not in the answer."""
        question = {"purpose": "EXPIRY_REMINDER", "reference": "reminding", "person_ids": [str(p) for p in person_ids]}
        try:
            answer = _ANSWER.validate_json(await self._post(question))
        except Silent:
            raise
        except Exception as error:  # a token that is none, an answer that is none, a network that is none: nobody was told anything
            self._outage.failed(error)
            raise self._silent("register_silent") from None
        self._outage.over()
        ASKED.labels("answered").inc()
        return {p.person_id: tuple(_way(c) for c in p.contacts if c.way in _BY) for p in answer.persons if p.contacts}

    async def _post(self, question: Mapping[str, Any]) -> bytes:
        token = self._settings.register_token_file.read_text(encoding="utf-8").strip()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid7()), "Content-Type": "application/json"}
        url = f"{self._settings.register_url}/contacts"
        async with self._session.post(url, data=json.dumps(question), headers=headers, allow_redirects=False) as answer:
            if answer.status != 200:
                self._outage.failed(f"status_{answer.status}")
                raise self._silent("register_busy" if answer.status in (429, 503) else "register_refused")
            return await answer.read()

    @staticmethod
    def _silent(reason: str) -> Silent:
        ASKED.labels(reason).inc()
        return Silent(reason)


def _way(contact: _Contact) -> Way:
    return Way(
        owner=contact.owner,
        channel=_BY[contact.way],
        phone=contact.phone,
        phone_id=contact.phone_id,
        confirmed=contact.confirmed,
        proves=contact.proves,
        case_only=contact.case_only,
        language=contact.language,
    )


@asynccontextmanager
async def directory() -> AsyncIterator[Directory]:
    """The directory of this process, as its environment says. Raises ValidationError for a setting that cannot be."""
    settings = RegisterSettings()
    connector = aiohttp.TCPConnector(limit=8, ssl=trust(settings.register_ca_file))
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Directory(settings, session)

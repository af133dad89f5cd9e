"""The envelope of an event out of the headers of its message: complete, without contradiction, or not at all."""

import re
from datetime import datetime
from functools import cache
from uuid import UUID

from asyncpg.pgproto import pgproto

from services.engine.inbound.arrived import Arrived
from services.kernel.errors import Unreadable
from services.kernel.events import Gone, Recorded, avro_name, service_of, topic_of

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_LONGEST = 200  # characters of an actor, a division, a version of a policy


def recorded_from(arrived: Arrived, event: object) -> Recorded:
    """The event with its envelope. Raises `Unreadable`."""
    cls = event.of if isinstance(event, Gone) else type(event)
    try:
        service, *expected = _addressed(cls)
        if [arrived.text("ce_type"), arrived.text("ce_source"), arrived.topic] != expected:
            raise Unreadable("envelope_contradicts")
        return Recorded(
            event_id=_uuid(arrived.text("ce_id")),
            stream_id=_uuid((arrived.key or b"").decode()),
            version=_number(arrived.text("ce_streamversion")),
            service=service,
            event=event,
            division=_plain(arrived.text("ce_division")),
            actor=_plain(arrived.text("ce_actor")),
            occurred_at=_instant(arrived.text("ce_time")),
            recorded_at=_instant(arrived.text("ce_recordedtime")),
            correlation_id=_uuid(arrived.text("ce_correlationid")),
            causation_id=_uuid(arrived.text("ce_causationid")) if arrived.headers.get("ce_causationid") else None,
            policy_version=_plain(arrived.text("ce_policyversion")),
        )
    except (KeyError, ValueError, OverflowError):
        raise Unreadable("envelope_incomplete") from None


@cache
def _addressed(cls: type) -> tuple[str, str, str, str]:
    """Who publishes a class; type, source and topic of its messages."""
    service = service_of(cls)
    return service, avro_name(cls), f"/shouwang/{service}", topic_of(cls)


def _uuid(text: str) -> UUID:
    found: UUID = pgproto.UUID(text)  # as each row of the store has it; made in a tenth of the time
    if str(found) != text.lower():  # the class takes braces and a prefix, too
        raise ValueError("not an id as we write them")
    return found


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return int(text)


def _plain(text: str) -> str:
    if len(text) > _LONGEST or not text.isprintable():
        raise ValueError("not a short printable text")
    return text


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found

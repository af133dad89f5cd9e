"""Structured logs: constant event names, values as keys, one JSON object a line, and nothing that names a person.

The redaction processor is a net below the rule "personal data is never logged": it blanks fields by name and anything that looks
like a citizen id, a certificate number, a phone or a bank account in any value (`domain/personal.py`).
"""

import logging
import re
import sys
import time
from collections.abc import MutableMapping
from datetime import date
from typing import Any
from uuid import UUID

import structlog

from services.domain.personal import blanked

# Fields of persons, as tables, sheets and requests name them; and words that machines have, too.
_OF_PERSONS = {"citizen_id", "certificate_no", "phone", "guardian_name", "guardian_phone", "token", "authorization"}
_OF_BOTH = {"name", "address", "account"}
# A job, a function, a server.
_OF_MACHINES = re.compile(r"[a-z][a-z0-9_]*|[A-Za-z_]\w*(\.[A-Za-z_]\w*)+|[a-z0-9.-]+:\d{1,5}", re.ASCII)
_OF_STRUCTLOG = {"_record", "_from_structlog"}  # what it keeps in an entry until the entry is rendered
# What PostgreSQL, its client and pydantic say of a row or value that they refuse, with all that stands in it, up to what else an error says.
_ROW = re.compile(
    r"(DETAIL:  |invalid input for query argument \$[0-9]+[^:\n]*: |input_value=|'input': )"
    r".*?(?=\nHINT: |\n\nThe above exception |\n\nDuring handling |\Z)",
    re.DOTALL,
)
_REPEATING = ("aiokafka", "faust", "mode")  # libraries that try again
_AGAIN = 300.0  # seconds until they are heard again
_REMEMBERED = 1000  # of what they said; some put numbers of their own into it
_BLANK = "[redacted]"
_PLAIN = (bool, float, UUID, date, type(None))


def redact(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank personal data in a log entry, in place, at any depth."""
    for key, value in entry.items():
        if key in _OF_STRUCTLOG:
            continue
        entry[key] = _BLANK if _names_a_person(key, value) else _clean(value)
    return entry


def _names_a_person(key: Any, value: Any) -> bool:
    """Whether a field is a person's: by what it is called, and where machines call something so, by what stands in it."""
    if key in _OF_BOTH:
        return not (isinstance(value, str) and _OF_MACHINES.fullmatch(value))
    return key in _OF_PERSONS


def _clean(value: Any) -> Any:
    """The value without numbers of persons; what is neither text nor number is looked at as the text that it would become."""
    if isinstance(value, dict):
        return {_clean(str(k)): _BLANK if _names_a_person(k, v) else _clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(v) for v in value]
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, int):
        return value if blanked(str(value), _BLANK) == str(value) else _BLANK
    return blanked(_ROW.sub(rf"\1{_BLANK}", value if isinstance(value, str) else repr(value)), _BLANK)


class _Once(logging.Filter):
    """A library that tries again says the same at each try: what it said is told again after five minutes at the earliest."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is told; ours are all."""
        if record.name.partition(".")[0] not in _REPEATING:
            return True
        said, now = (record.name, str(record.msg)), time.monotonic()
        fresh = now - self._told.get(said, -_AGAIN) >= _AGAIN
        if fresh:
            if len(self._told) >= _REMEMBERED:
                self._told.clear()
            self._told[said] = now
        return fresh


def configure(service: str, role: str, level: str) -> None:
    """Set up this process's logging, the standard library's included. Call once at start."""
    chain: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    render = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*chain, structlog.stdlib.add_logger_name],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, structlog.processors.JSONRenderer()],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(render)
    handler.addFilter(_Once())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("aiokafka", "faust", "mode", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)  # traces of what whoever asked for a connection tells in one line
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, role=role)

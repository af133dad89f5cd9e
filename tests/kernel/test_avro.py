"""Schemas are the law; a class that differs is named; a body that is not exactly one record is refused."""

import io
import json
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certificates.certificate.card.events import CertificateIssued
from services.certificates.vocabulary import Category
from services.kernel.avro import MAX_BODY, Codec, mismatches
from services.kernel.errors import Unreadable
from services.monitoring.visit.events import VisitRecorded
from services.monitoring.vocabulary import Incident

CODEC = Codec([CertificateIssued, VisitRecorded])
DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
MONEY = st.decimals(Decimal("-9999999.99"), Decimal("9999999.99"), places=2)
VISITS = st.builds(
    VisitRecorded,
    visit_id=st.uuids(),
    visited_on=DAYS,
    incidents=st.lists(st.sampled_from(Incident)).map(tuple),
    income_per_head=st.none() | MONEY,
    income_fell=st.none() | st.booleans(),
    housing_safe=st.none() | st.booleans(),
    water_safe=st.none() | st.booleans(),
    unknown_rules=st.lists(st.text(max_size=20)).map(tuple),
)


@given(VISITS)
def test_every_event_comes_back_as_it_was(visit: VisitRecorded) -> None:
    assert CODEC.decode(*CODEC.encode(visit)) == visit


@given(VISITS, st.binary(min_size=1, max_size=8))
def test_trailing_bytes_are_refused(visit: VisitRecorded, more: bytes) -> None:
    fp, body = CODEC.encode(visit)
    with pytest.raises(Unreadable):
        CODEC.decode(fp, body + more)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_decode_or_are_refused_and_nothing_else(rubbish: bytes) -> None:
    fp, _ = CODEC.encode(an_issue())
    assert outcome(fp, rubbish) in {"CertificateIssued", "not_decodable", "trailing_bytes"}


def outcome(fp: bytes, body: bytes) -> str:
    """The class that came out, or the code of the refusal."""
    try:
        return type(CODEC.decode(fp, body)).__name__
    except Unreadable as refusal:
        return refusal.code


@given(VISITS, st.data())
def test_a_truncated_body_is_refused(visit: VisitRecorded, data: st.DataObject) -> None:
    fp, body = CODEC.encode(visit)
    with pytest.raises(Unreadable):
        CODEC.decode(fp, body[: data.draw(st.integers(0, len(body) - 1))])


def an_issue() -> CertificateIssued:
    return CertificateIssued(
        person_id=UUID(int=7), category=Category.PHYSICAL, grade=2, valid_from=date(2026, 3, 1), valid_to=date(2036, 2, 29)
    )


def test_an_unknown_fingerprint_is_refused() -> None:
    with pytest.raises(Unreadable, match="unknown_fingerprint"):
        CODEC.decode(b"12345678", b"")


def test_a_body_over_the_limit_is_refused_on_both_ways() -> None:
    big = VisitRecorded(
        visit_id=uuid4(),
        visited_on=date(2026, 1, 1),
        incidents=(Incident.HAIL,) * 300_000,
        income_per_head=None,
        income_fell=None,
        housing_safe=None,
        water_safe=None,
        unknown_rules=(),
    )
    with pytest.raises(ValueError, match="the limit is 262144"):
        CODEC.encode(big)
    with pytest.raises(Unreadable, match="too_large"):
        CODEC.decode(CODEC.encode(an_issue())[0], b"x" * (MAX_BODY + 1))


class Colour(StrEnum):
    UNKNOWN = "UNKNOWN"
    RED = "RED"


@dataclass(frozen=True)
class Painted:
    SERVICE: ClassVar[str] = "toy"
    colour: Colour
    on: date
    at: datetime
    price: Decimal | None
    tags: tuple[str, ...]


LAW: dict[str, Any] = {
    "type": "record",
    "name": "Painted",
    "namespace": "shouwang.toy",
    "fields": [
        {"name": "colour", "type": {"type": "enum", "name": "Colour", "symbols": ["UNKNOWN", "RED"], "default": "UNKNOWN"}},
        {"name": "on", "type": {"type": "int", "logicalType": "date"}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}]},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
    ],
}


def changed(name: str, to: Any) -> dict[str, Any]:
    return {**LAW, "fields": [{**f, "type": to} if f["name"] == name else f for f in LAW["fields"]]}


def test_a_class_that_agrees_with_its_schema_has_no_mismatch() -> None:
    assert mismatches(Painted, LAW) == []


@pytest.mark.parametrize(
    ("law", "found"),
    [
        (changed("on", "string"), ["Painted.on: date against string"]),
        (changed("price", "string"), ['Painted.price: an optional field is ["null", type]']),
        (changed("tags", "string"), ["Painted.tags: a tuple is an array"]),
        (changed("colour", {"type": "enum", "symbols": ["RED"]}), ["Painted.colour: an enum has the default UNKNOWN"]),
        (
            changed("colour", {"type": "enum", "symbols": ["UNKNOWN", "BLUE"], "default": "UNKNOWN"}),
            ["Painted.colour: the enum's symbols differ"],
        ),
        ({**LAW, "fields": LAW["fields"][1:]}, ["Painted.colour: not in the schema"]),
        ({**LAW, "fields": [*LAW["fields"], {"name": "more", "type": "int"}]}, ["Painted.more: not in the class"]),
    ],
)
def test_a_difference_names_the_field(law: dict[str, Any], found: list[str]) -> None:
    assert mismatches(Painted, law) == found


def test_a_naive_datetime_is_refused_before_encoding(tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "Painted.v1.avsc").write_text(json.dumps(LAW))
    codec = Codec([Painted], tmp_path)
    aware = Painted(Colour.RED, date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), Decimal("1.50"), ("wall",))
    assert codec.decode(*codec.encode(aware)) == aware
    with pytest.raises(ValueError, match="naive"):
        codec.encode(replace(aware, at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_a_number_of_half_a_million_digits_is_refused_at_once() -> None:
    """A body has room for it, and to read it as a decimal takes seconds, in which the loop stands still."""
    schema = CODEC.latest[VisitRecorded]
    bare = {**schema.raw, "fields": [_without_meaning(field) for field in schema.raw["fields"]]}
    record = dict.fromkeys(field["name"] for field in bare["fields"]) | VISIT | {"income_per_head": b"\x7f" * (MAX_BODY - 100)}
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(bare), record)
    start = time.process_time()  # of this process: others on the machine say nothing of it
    with pytest.raises(Unreadable, match="not_decodable"):
        CODEC.decode(schema.fp, out.getvalue())
    assert time.process_time() - start < 1


VISIT: dict[str, Any] = {"visit_id": UUID(int=1), "visited_on": date(2026, 3, 2), "incidents": [], "unknown_rules": []}


def _without_meaning(field: dict[str, Any]) -> dict[str, Any]:
    """The field as the bytes that it is, so that any bytes can be written."""
    return {**field, "type": ["null", "bytes"]} if field["name"] == "income_per_head" else field

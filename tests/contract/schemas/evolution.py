"""A sample record with a past: its first version is released, the second one renames a field and adds a word and two fields.

Schemas and the golden messages of both versions lie under `sample_schemas`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from services.kernel.avro import Codec, Schema, load_schemas

FOLDER = Path(__file__).with_name("sample_schemas")
GOLDEN = FOLDER / "golden"


class Colour(StrEnum):
    """The colour of a parcel."""

    UNKNOWN = "UNKNOWN"
    RED = "RED"
    BLUE = "BLUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A parcel as today's code knows it."""

    SERVICE: ClassVar[str] = "contract"
    parcel_id: UUID
    grams: int
    colour: Colour
    sent_on: date
    remark: str | None
    insured: bool
    marks: tuple[str, ...]


# What the golden message of the first version is today.
FIRST = Parcel(
    parcel_id=UUID(int=7), grams=1200, colour=Colour.RED, sent_on=date(2026, 2, 28), remark="a remark", insured=False, marks=()
)


def versions() -> tuple[Schema, ...]:
    """The two versions, the released one first."""
    return load_schemas(FOLDER)["shouwang.contract.Parcel"]


def codec() -> Codec:
    """The codec of the sample."""
    return Codec([Parcel], FOLDER)

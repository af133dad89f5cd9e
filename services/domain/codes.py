"""Codes: one word for a reason, a source, a piece of evidence or an institution, as events carry it for ever. Pure.

A code is no text, so nobody writes about a person in it; what looks like somebody's number all the same is refused by the kernel.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticKnownError
from pydantic_core.core_schema import no_info_before_validator_function

Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
_LATER = "UNKNOWN"


class Word(StrEnum):
    """A word of a closed list that events carry. Each list has UNKNOWN, which a reader older than an event puts in place of a word that it
    does not know: nobody says it, so no endpoint takes it. What we answer may have it."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A word of the list but UNKNOWN; a member is taken as it is."""
        listed: Any = handler(source)
        name = listed.pop("ref")  # by which documents speak of it
        return no_info_before_validator_function(cls._heard, listed, ref=name)

    @classmethod
    def _heard(cls, given: object) -> object:
        if given == _LATER and not isinstance(given, cls):
            raise PydanticKnownError("enum", {"expected": ", ".join(member for member in cls if member != _LATER)})
        return given

    @classmethod
    def __get_pydantic_json_schema__(cls, made: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """What the document says: all words where they are answered, all but UNKNOWN where they are heard."""
        found, answered = handler(made), handler.mode == "serialization"
        handler.resolve_ref_schema(found)["enum"] = [member.value for member in cls if answered or member != _LATER]
        return found

"""Every field of every door says what it may hold: texts a pattern and a length, numbers their bounds, lists and mappings how many."""

import re

import pytest

from deploy.databases import SERVICES
from tests.contract.endpoints.doors import Field, Schema, doors

_UNBOUNDED = re.compile(r"(?<!\\)[*+]|\{\d+,\}")


def unbounded(kind: Schema) -> str | None:
    """What a schema leaves open."""
    if "UNKNOWN" in kind.get("enum", ()):
        return "a word that nobody says"
    if "enum" in kind or "const" in kind or kind.get("format") in ("uuid", "binary"):
        return None
    match kind.get("type"):
        case "string" if "pattern" not in kind:
            return "a text without a pattern"
        case "string" if "\\d" in kind["pattern"] or "\\w" in kind["pattern"]:
            return "a pattern that takes digits and letters of any script"
        case "string" if not re.fullmatch(r"\^.*\$", kind["pattern"]):
            return "a pattern that is found inside"
        case "string" if "maxLength" not in kind and _UNBOUNDED.search(kind["pattern"]):
            return "a text without a length"
        case "integer" | "number" if not {"minimum", "maximum"} <= kind.keys():
            return "a number without bounds"
        case "array" if "maxItems" not in kind:
            return "a list without an end"
        case "object" if "patternProperties" in kind:
            return None if "maxProperties" in kind else "a mapping without an end"
        case "object" if kind.get("additionalProperties", True) is not False:
            return "an object that takes whatever is put in"
        case "string" | "integer" | "number" | "array" | "object" | "boolean":
            return None
    return "anything at all"


def faults(field: Field) -> list[str]:
    """What a field leaves open."""
    return [fault for kind in field.kinds if (fault := unbounded(kind))]


@pytest.mark.parametrize("service", SERVICES)
def test_no_field_of_a_door_is_without_bounds(service: str) -> None:
    found = {f"{door.method} {door.path} {field.pointer}": faults(field) for door in doors(service) for field in door.fields()}
    assert {place: open_ for place, open_ in found.items() if open_} == {}


@pytest.mark.parametrize("service", SERVICES)
def test_every_door_has_a_well_formed_request(service: str) -> None:
    for door in doors(service):
        assert door.request().path.keys() == set(re.findall(r"\{(\w+)\}", door.path))

"""The published language: classes agree with their schemas, a change is shown, released files are never edited, messages stay readable.

How a released schema may change is tried on a sample, `test_evolution.py`.
"""

from typing import Any

import pytest

from deploy.schemas import records, released
from services.kernel.avro import load_schemas, mismatches
from services.kernel.events import avro_name
from tests.contract.golden import FINGERPRINTS, FOLDER, codec, expected, file_of, fingerprints, misread, published, refusals

SCHEMAS = load_schemas()


@pytest.mark.parametrize("cls", published(), ids=avro_name)
def test_a_class_agrees_with_its_schema(cls: type) -> None:
    assert mismatches(cls, SCHEMAS[avro_name(cls)][-1].raw) == []


def test_every_schema_has_a_class() -> None:
    assert sorted(SCHEMAS) == sorted(avro_name(cls) for cls in published())


def test_a_change_of_a_schema_file_shows_in_the_fingerprints() -> None:
    assert FINGERPRINTS.read_text().splitlines() == fingerprints(), "a schema file was changed and `make golden` was not run"


def test_no_released_schema_file_was_edited_or_removed() -> None:
    assert refusals(released(), fingerprints()) == []


def test_the_path_of_a_schema_file_names_its_record() -> None:
    found = {schema.name: file_of(schema) for versions in SCHEMAS.values() for schema in versions}
    assert {line.split()[1] for line in fingerprints()} >= set(found.values())
    assert records(found.values()) == found.keys()


@pytest.mark.parametrize("cls", published(), ids=avro_name)
def test_a_golden_message_of_every_version_is_read_as_it_was_meant(cls: type) -> None:
    made = codec()
    assert [misread(made, schema) for schema in SCHEMAS[avro_name(cls)]] == [{} for _ in SCHEMAS[avro_name(cls)]]


@pytest.mark.parametrize("cls", published(), ids=avro_name)
def test_a_golden_message_of_the_latest_version_fills_every_field_and_is_written_as_it_was_read(cls: type) -> None:
    made, schema = codec(), SCHEMAS[avro_name(cls)][-1]
    path = FOLDER / f"{schema.name}.v{schema.version}.bin"
    assert set(expected(path)) == {field["name"] for field in schema.raw["fields"]}
    assert None not in expected(path).values()
    assert made.encode(made.decode(schema.fp, path.read_bytes()))[1] == path.read_bytes()


def test_every_golden_message_belongs_to_a_schema_version() -> None:
    versions = {f"{schema.name}.v{schema.version}" for known in SCHEMAS.values() for schema in known}
    assert {path.stem for path in FOLDER.glob("*.bin")} == {path.stem for path in FOLDER.glob("*.json")} == versions


def walk(node: Any) -> list[Any]:
    """Every part of a schema."""
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [node, *(part for child in inner for part in walk(child))]


def test_every_enum_has_a_symbol_for_what_it_does_not_know_and_no_array_holds_nothing() -> None:
    parts = [part for versions in SCHEMAS.values() for schema in versions for part in walk(schema.raw) if isinstance(part, dict)]
    enums = [part for part in parts if part.get("type") == "enum"]
    assert enums
    assert {enum["default"] for enum in enums} == {"UNKNOWN"}
    assert all("UNKNOWN" in enum["symbols"] for enum in enums)
    assert [part for part in parts if part.get("type") == "array" and part["items"] in ("null", {"type": "null"})] == []

"""How a released schema lives on, tried on a sample of two versions: old messages are read, a released file is never edited.

That the registry refuses what is not FULL_TRANSITIVE is tried in `test_jobs.py`.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.schemas import records, released
from services.kernel.avro import Codec
from tests.contract.golden import fingerprints, freeze, misread, refusals
from tests.contract.schemas import evolution
from tests.contract.schemas.evolution import FIRST, GOLDEN, Colour, Parcel

V1, V2 = "contract/Parcel.v1.avsc", "contract/Parcel.v2.avsc"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sample's folder, to be changed."""
    return shutil.copytree(evolution.FOLDER, tmp_path / "schemas")


def release(folder: Path, *paths: str) -> dict[str, str]:
    """Release these files as they are: the lines are copied from the fingerprints."""
    chosen = [line for line in fingerprints(folder) if line.split()[1] in paths]
    (folder / "RELEASED").write_text("\n".join(["# a remark", "", *chosen]) + "\n")
    return released(folder / "RELEASED")


def edit(path: Path, old: str, new: str) -> None:
    """Write something else into a schema file."""
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_message_of_the_released_version_becomes_todays_class() -> None:
    old, new = evolution.versions()
    made = evolution.codec()
    assert made.decode(old.fp, (GOLDEN / "shouwang.contract.Parcel.v1.bin").read_bytes()) == FIRST
    assert [misread(made, old, GOLDEN), misread(made, new, GOLDEN)] == [{}, {}]


def test_what_is_written_today_is_written_in_the_latest_version_and_read_as_it_was() -> None:
    made, parcel = evolution.codec(), replace(FIRST, colour=Colour.BLUE, insured=True, marks=("a mark",))
    fp, body = made.encode(parcel)
    assert fp == evolution.versions()[1].fp
    assert made.decode(fp, body) == parcel


def test_a_golden_message_that_is_read_otherwise_than_it_was_meant_is_named(copy: Path) -> None:
    edit(copy / V2, '"weight"', '"mass"')
    made = Codec([Parcel], copy)
    assert misread(made, made.by_fp[evolution.versions()[0].fp][0], GOLDEN) == {"weight": "no such field"}
    meant = copy / "golden" / "shouwang.contract.Parcel.v1.json"
    edit(meant, '"RED"', '"BLUE"')
    assert misread(evolution.codec(), evolution.versions()[0], meant.parent) == {"colour": "RED"}


def test_a_released_file_is_neither_edited_nor_removed(copy: Path) -> None:
    given = release(copy, V1)
    assert given.keys() == {V1}
    assert refusals(given, fingerprints(copy)) == []
    edit(copy / V2, "A parcel.", "A parcel on its way.")
    assert refusals(given, fingerprints(copy)) == []
    edit(copy / V1, "A parcel.", "A parcel on its way.")
    assert refusals(given, fingerprints(copy)) == [f"{V1}: released and edited"]
    (copy / V1).unlink()
    assert refusals(given, fingerprints(copy)) == [f"{V1}: released and removed"]


def test_only_what_is_released_has_a_successor(copy: Path) -> None:
    assert refusals(release(copy), fingerprints(copy)) == [f"{V2}: {V1} is not released; change that one"]
    assert refusals(release(copy, V1, V2), fingerprints(copy)) == []


def test_the_subjects_of_a_record_are_gated_from_the_release_of_its_first_version_on(copy: Path) -> None:
    assert records(release(copy)) == set()
    assert records(release(copy, V1)) == {"shouwang.contract.Parcel"}


def test_golden_messages_are_made_anew_until_the_release(copy: Path) -> None:
    golden = copy / "golden"
    before = {path.name: path.read_bytes() for path in golden.iterdir()}
    newer, meant = golden / "shouwang.contract.Parcel.v2.bin", golden / "shouwang.contract.Parcel.v2.json"
    newer.write_bytes(b"spoiled")
    (golden / "shouwang.contract.Gone.v1.bin").write_bytes(b"of no schema")
    freeze(evolution.codec(), {V1}, golden)
    assert {path.name: path.read_bytes() for path in golden.iterdir()} == before
    assert json.loads(meant.read_text())["marks"] == ["a marks"]
    newer.write_bytes(b"as it was written then")
    freeze(evolution.codec(), {V1, V2}, golden)
    assert newer.read_bytes() == b"as it was written then"

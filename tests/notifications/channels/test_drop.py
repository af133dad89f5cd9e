"""Drops: an office opens its file with plain openssl; nobody else does; nothing half-written, nothing twice."""

import asyncio
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from deploy.sandbox.providers.authority import Authority
from deploy.sandbox.providers.folder import Opened, opened
from deploy.sandbox.providers.house import OFFICE, House
from services.domain.file_number import file_number
from services.notifications.channels.drop import DropSender, DropSettings
from services.notifications.channels.letter import Letter, Outcome, Receipt
from services.notifications.channels.settings import Channels

CASE = {"case_id": UUID(int=7), "route": "expiry-six-months", "cause": "ReminderTried", "due_on": date(2026, 3, 9)}
DATA: dict[str, Any] = {
    "day": date(2026, 3, 2),
    "first": 101,
    "last": 140,
    "cases": [CASE, {**CASE, "case_id": UUID(int=8), "count": 3}],
}
LETTER = Letter("0198c1de-0004", OFFICE, "", "", DATA)
NAME = "MZ/533421/2026-03-02-101-140.zip.p7m"
MARK = ".digests/MZ-533421-2026-03-02-101-140.zip.p7m.sha256"
PUT = Receipt(Outcome.DELIVERED, NAME)


@pytest.fixture
def settings(channels: Channels) -> DropSettings:
    """The settings the sandbox wrote."""
    assert channels.drop is not None
    return channels.drop


@pytest.fixture
def letter(house: House) -> Letter:
    """The office's day, to be sealed for the certificate that it entered."""
    return replace(LETTER, keys=((house.folder / "certificates" / "MZ-533421.pem").read_text(),))


def fetched(house: House, authority: Path | None = None) -> Opened:
    """What the office finds in its file."""
    certificates = house.folder / "certificates"
    office = certificates / "MZ-533421.pem", certificates / "MZ-533421.key"
    return opened(house.folder / "drops" / NAME, *office, authority or house.authority.file)


def seen(folder: Path) -> list[str]:
    """Every file below a folder, hidden ones too."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


async def test_an_office_opens_its_day_with_plain_openssl(house: House, settings: DropSettings, letter: Letter) -> None:
    assert await DropSender(settings).send(letter) == PUT
    found = fetched(house)
    assert {k: v for k, v in found.manifest.items() if k != "files"} == {
        "office": OFFICE,
        "day": "2026-03-02",
        "first": 101,
        "last": 140,
    }
    assert [(f["name"], f["rows"]) for f in found.manifest["files"]] == [("cases.xlsx", 2)]
    assert (found.sheets, found.rows) == (
        ["事项", "合计"],
        [
            [file_number(UUID(int=7)), str(UUID(int=7)), "换证提醒", "expiry-six-months", date(2026, 3, 9), 1.0],
            [file_number(UUID(int=8)), str(UUID(int=8)), "换证提醒", "expiry-six-months", date(2026, 3, 9), 3.0],
        ],
    )


async def test_another_office_cannot_open_it_and_another_authority_does_not_vouch_for_it(
    house: House, settings: DropSettings, letter: Letter, tmp_path: Path
) -> None:
    await DropSender(settings).send(letter)
    stranger = house.authority.issue("stranger")
    with pytest.raises(ValueError, match=r"CMS|cms|decrypt"):
        opened(house.folder / "drops" / NAME, *stranger, house.authority.file)
    with pytest.raises(ValueError, match="certificate verify error"):
        fetched(house, Authority(tmp_path / "other", "Other").file)


async def test_the_file_is_for_its_group_and_nothing_else_lies_beside_it(settings: DropSettings, letter: Letter) -> None:
    before = os.umask(0o077)
    try:
        await DropSender(settings).send(letter)
    finally:
        os.umask(before)
    assert stat.S_IMODE((settings.folder / NAME).stat().st_mode) == 0o640
    assert seen(settings.folder) == [MARK, f".letters/{letter.reference}", NAME]


async def test_the_same_content_is_written_once_and_other_content_never_over_it(
    house: House, settings: DropSettings, letter: Letter
) -> None:
    drops = DropSender(settings)
    assert set(await asyncio.gather(*[drops.send(letter) for _ in range(8)])) == {PUT}
    first = (settings.folder / NAME).read_bytes()
    assert await DropSender(settings).send(replace(letter, reference="again")) == PUT
    other = replace(letter, data={**DATA, "cases": [CASE]})
    assert await drops.send(other) == Receipt(Outcome.REFUSED, NAME, "name_taken")
    assert (settings.folder / NAME).read_bytes() == first
    assert len(fetched(house).rows) == 2


async def test_the_same_content_for_another_certificate_is_sealed_anew(
    house: House, settings: DropSettings, letter: Letter
) -> None:
    drops = DropSender(settings)
    await drops.send(letter)
    renewed = house.authority.issue("renewed")
    assert await drops.send(replace(letter, keys=(renewed[0].read_text(),))) == PUT
    assert len(opened(settings.folder / NAME, *renewed, house.authority.file).rows) == 2


async def test_what_broke_off_after_the_digest_is_finished_by_the_next_try(
    house: House, settings: DropSettings, letter: Letter
) -> None:
    drops = DropSender(settings)
    await drops.send(replace(letter, data={**DATA, "cases": [CASE]}))
    (settings.folder / NAME).unlink()
    assert await drops.send(letter) == PUT
    assert len(fetched(house).rows) == 2


async def test_a_folder_that_cannot_be_written_is_later_and_nothing_is_left(settings: DropSettings, letter: Letter) -> None:
    (settings.folder / "MZ").write_text("in the way")
    assert await DropSender(settings).send(letter) == Receipt(Outcome.LATER, reason="folder_not_writable")
    assert seen(settings.folder) == [MARK, f".letters/{letter.reference}", "MZ"]
    gone = replace(settings, folder=settings.folder / "not-mounted")
    assert await DropSender(gone).send(letter) == Receipt(Outcome.LATER, reason="folder_missing")
    assert not gone.folder.exists()


@pytest.mark.parametrize(
    ("certificate", "receipt"),
    [
        (lambda a: a.issue("old", timedelta(days=-1))[0], Receipt(Outcome.GONE, reason="certificate_expired")),
        (
            lambda a: a.issue("ec", key=ec.generate_private_key(ec.SECP256R1()))[0],
            Receipt(Outcome.REFUSED, reason="certificate_not_rsa"),
        ),
        (lambda a: a.issue("new", begins=timedelta(days=1))[0], Receipt(Outcome.REFUSED, reason="certificate_not_yet_valid")),
        (lambda a: a.issue("key")[1], Receipt(Outcome.REFUSED, reason="certificate_unreadable")),
    ],
)
async def test_a_certificate_that_does_not_serve_is_named(
    house: House, settings: DropSettings, certificate: Callable[[Authority], Path], receipt: Receipt
) -> None:
    unfit = replace(LETTER, keys=(certificate(house.authority).read_text(),))
    assert await DropSender(settings).send(unfit) == receipt
    assert await DropSender(settings).send(LETTER) == Receipt(Outcome.REFUSED, reason="certificate_unreadable")
    assert seen(settings.folder) == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {**DATA, "name": "张三"},
        {**DATA, "cases": [{**CASE, "name": "张三"}]},
        {**DATA, "cases": [{**CASE, "case_id": "533499196901010013"}]},
        {**DATA, "cases": [{**CASE, "route": "张三"}]},
        {**DATA, "cases": [{**CASE, "route": "a\n"}]},
        {**DATA, "cases": [{**CASE, "cause": "张三"}]},
        {**DATA, "cases": [{**CASE, "count": -1}]},
        {**DATA, "day": "../../etc"},
        {**DATA, "first": -1},
    ],
)
async def test_what_is_not_a_day_of_cases_is_refused(settings: DropSettings, data: dict[str, Any]) -> None:
    assert await DropSender(settings).send(replace(LETTER, data=data)) == Receipt(Outcome.REFUSED, reason="not_for_drops")
    assert seen(settings.folder) == []


@pytest.mark.parametrize(
    "wrong", [{"to": ""}, {"to": "MZ"}, {"to": "../etc:533421"}, {"to": "MZ:533421\n"}, {"reference": "../x"}, {"reference": ""}]
)
async def test_what_is_no_office_or_no_reference_is_refused(settings: DropSettings, letter: Letter, wrong: dict[str, Any]) -> None:
    assert await DropSender(settings).send(replace(letter, **wrong)) == Receipt(Outcome.REFUSED, reason="address_not_valid")
    assert seen(settings.folder) == []


async def test_a_letter_of_unknown_fate_is_asked_for_whatever_it_would_say_by_now(settings: DropSettings, letter: Letter) -> None:
    drops = DropSender(settings)
    assert [await drops.ask(reference) for reference in (letter.reference, "", "../MZ", ".")] == [None] * 4
    await drops.send(letter)
    other = replace(letter, reference="another", data={**DATA, "cases": [CASE]})
    assert (await drops.send(other)).reason == "name_taken"
    assert [await drops.ask(reference) for reference in (letter.reference, "another")] == [PUT, None]
    (settings.folder / NAME).unlink()
    assert await drops.ask(letter.reference) is None


async def test_data_as_it_comes_from_json_is_the_same_day(settings: DropSettings, letter: Letter) -> None:
    plain = {
        **DATA,
        "day": "2026-03-02",
        "cases": [{**CASE, "case_id": str(UUID(int=7)), "due_on": "2026-03-09"}, DATA["cases"][1]],
    }
    drops = DropSender(settings)
    assert [await drops.send(letter), await drops.send(replace(letter, data=plain))] == [PUT, PUT]


def test_a_key_that_is_not_ours_stops_the_start_and_is_not_shown(house: House, settings: DropSettings) -> None:
    other = house.authority.issue("other")[1].read_text()
    with pytest.raises(ValueError, match="not that of the certificate"):
        DropSender(replace(settings, key=SecretStr(other)))
    assert "PRIVATE" not in repr(settings) + repr(vars(DropSender(settings))["_seal"])

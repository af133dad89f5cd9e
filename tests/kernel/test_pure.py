"""The kernel's small pure parts: ids, contexts, policy rows, calendar, clock, redaction, cursors, identity."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain import citizen_id as domain_citizen_id
from services.domain import masking
from services.domain.working_days import Calendar
from services.kernel import policy
from services.kernel.clock import SettableClock, set_clock, system_clock, today
from services.kernel.errors import Malformed
from services.kernel.events import Context, stream_id
from services.kernel.policy import PolicyError, Predicate
from services.shell.cursors import Cursors
from services.shell.http_call import uuid7
from services.shell.log import redact
from tests.spec import context


def test_the_day_is_the_day_in_shanghai() -> None:
    late = Context("a", datetime(2026, 3, 1, 17, 0, tzinfo=UTC), UUID(int=1), UUID(int=1))
    assert late.today == date(2026, 3, 2)


def test_ids_follow_from_the_seed_so_a_repeat_makes_the_same() -> None:
    asked = context()
    assert asked.event_id(0) == asked.seed
    assert asked.event_id(3) == uuid5(asked.seed, "3")
    assert stream_id("discrepancy", "C3a", 7) == stream_id("discrepancy", "C3a", "7")


def test_uuid7_is_version_7_and_grows_with_time() -> None:
    made = [uuid7() for _ in range(100)]
    assert {u.version for u in made} == {7}
    assert [u.int >> 80 for u in made] == sorted(u.int >> 80 for u in made)


@dataclass(frozen=True)
class Limit:
    days: int
    when: Predicate | None = None
    rate: Decimal | None = None


def row(text: str, folder: Path) -> policy.Rules[Limit]:
    path = folder / "rows.toml"
    path.write_text(text)
    return policy.load(path, "limit", Limit)


ROWS = """
[[limit]]
id = "review"
from = 2018-01-01
until = 2026-01-01
source = "article 9"
days = 10
[[limit]]
id = "review"
from = 2026-01-01
source = "article 9, new"
days = 8
rate = "1.50"
[[limit]]
id = "review"
from = 2018-01-01
division = "533401"
source = "local"
days = 5
when = "income < 8000.0 && fell"
"""


def test_the_row_in_force_on_the_day_and_place_decides(tmp_path: Path) -> None:
    rows = row(ROWS, tmp_path)
    assert rows.one("review", date(2025, 12, 31), "533422").days == 10
    assert rows.one("review", date(2026, 1, 1), "533422").days == 8
    assert rows.one("review", date(2026, 1, 1), "533422").rate == Decimal("1.50")
    assert rows.one("review", date(2026, 1, 1), "533401102").days == 5
    assert [limit.days for limit in rows.on(date(2017, 1, 1))] == []
    with pytest.raises(Malformed, match="no_policy_row"):
        rows.one("review", date(2017, 1, 1))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ROWS.replace("days = 8", "dayz = 8"), r"rows.toml \[\[limit\]\] review: unknown key \['dayz'\]"),
        (ROWS.replace('source = "local"\n', ""), r"review: 'source' is missing"),
        (ROWS.replace("days = 5\n", ""), r"review: missing key \['days'\]"),
        (ROWS.replace("&& fell", "&&"), "review: Failed to parse"),
        (ROWS.replace("days = 8", 'days = "8"'), "review: '8' is not a int"),
        ("[[other]]", "rows.toml: 'limit'"),
        ("[[limit", "rows.toml: "),
    ],
)
def test_a_bad_row_is_named(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=complaint):
        row(text, tmp_path)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"income": Decimal("7999.99"), "fell": True}, True),
        ({"income": 9000, "fell": True}, False),
        ({"income": 7000}, None),
        ({"income": None, "fell": True}, None),
        ({"income": 9000}, False),
        ({}, None),
    ],
)
def test_a_missing_fact_is_unknown_and_never_false(facts: dict[str, object], verdict: bool | None) -> None:
    assert Predicate("income < 8000.0 && fell")(facts) is verdict


def test_working_days_skip_holidays_and_count_make_up_days(tmp_path: Path) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text("[year.2026]\nholidays = [2026-10-01, 2026-10-02]\nworkdays = [2026-10-10]\n")
    calendar = Calendar(path)
    assert calendar.add(date(2026, 9, 30), 1) == date(2026, 10, 5)
    assert calendar.add(date(2026, 10, 9), 1) == date(2026, 10, 10)
    assert calendar.add(date(2027, 10, 1), 1) == date(2027, 10, 4)
    assert calendar.add(date(2026, 10, 9), 0) == date(2026, 10, 9)
    assert calendar.between(date(2026, 9, 30), date(2026, 10, 12)) == 7  # 5 to 10 October, and the 12th
    assert [calendar.between(date(2026, 10, 9), date(2026, 10, day)) for day in (8, 9, 10)] == [0, 0, 1]


def test_a_settable_clock_moves_and_runs_on(tmp_path: Path) -> None:
    clock = SettableClock(tmp_path / "clock", "development")
    assert abs(clock() - system_clock()) < timedelta(seconds=5)
    set_clock(tmp_path / "clock", datetime(2016, 5, 6, 1, tzinfo=UTC))
    assert datetime(2016, 5, 6, 1, tzinfo=UTC) <= clock() < datetime(2016, 5, 6, 1, 1, tzinfo=UTC)
    assert today(clock) == date(2016, 5, 6)


def test_a_settable_clock_is_refused_in_production(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="production"):
        SettableClock(tmp_path / "clock", "production")


def test_logs_lose_what_names_a_person() -> None:
    entry = {
        "event": "x",
        "name": "张三",
        "note": "call 13812345678 about 53349919800101001X now",
        "deep": {"phone": "1", "list": ["533499198001010013", "ok"]},
        "stream": "01970000-0000-7000-8000-000000000001",
    }
    assert redact(None, "", entry) == {
        "event": "x",
        "name": "[redacted]",
        "note": "call [redacted] about [redacted] now",
        "deep": {"phone": "[redacted]", "list": ["[redacted]", "ok"]},
        "stream": "01970000-0000-7000-8000-000000000001",
    }


@given(st.integers() | st.lists(st.text()))
def test_a_cursor_comes_back_as_given(position: object) -> None:
    cursors = Cursors("key")
    assert cursors.take("/list", cursors.give("/list", position)) == position
    assert cursors.take("/list", None) is None


@given(st.text(max_size=40).filter(bool))
def test_a_foreign_cursor_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="cursor_unknown"):
        Cursors("key").take("/list", text)
    with pytest.raises(Malformed, match="cursor_unknown"):
        Cursors("key").take("/list", Cursors("another").give("/list", [1]))
    with pytest.raises(Malformed, match="cursor_unknown"):
        Cursors("key").take("/list", Cursors("key").give("/another-list", [1]))


SAMPLES = (
    "533499198001010013",
    "533499199012310024",
    "533499196507150030",
    "533499201005050041",
    "533499197203180059",
    "533499195509090065",
    "533499200102280071",
    "533499198811160080",
    "533499199307040092",
    "53349919760812010X",
    "533499196904200118",
    "533499198410010137",
)


@pytest.mark.parametrize("citizen_id", SAMPLES)
def test_the_synthetic_ids_are_well_formed(citizen_id: str) -> None:
    assert domain_citizen_id.faults(citizen_id, date(2026, 1, 1)) == []


@pytest.mark.parametrize(
    ("citizen_id", "fault"),
    [
        ("53349919800101001", "ID_LENGTH"),
        ("533499198001010014", "ID_CHECKSUM"),
        ("5334991980010100AX", "ID_CHECKSUM"),
        ("533499202701010012", "ID_BIRTHDATE"),
        ("533499198002300014", "ID_BIRTHDATE"),
    ],
)
def test_each_fault_of_an_id_has_its_name(citizen_id: str, fault: str) -> None:
    if fault == "ID_BIRTHDATE":
        citizen_id = citizen_id[:17] + domain_citizen_id.check_digit(citizen_id[:17])
    assert domain_citizen_id.faults(citizen_id, date(2026, 1, 1)) == [fault]


@given(st.sampled_from(SAMPLES), st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(citizen_id: str, place: int, digit: str) -> None:
    changed = citizen_id[:place] + digit + citizen_id[place + 1 :]
    assert (domain_citizen_id.faults(changed, date(2026, 1, 1)) == []) == (changed == citizen_id)


def test_an_id_is_recognised_however_it_was_typed() -> None:
    index = domain_citizen_id.blind_index("key", "53349919760812010X")
    assert domain_citizen_id.blind_index("key", domain_citizen_id.normalised(" '５３３４99197608120１0x\n")) == index
    assert domain_citizen_id.blind_index("another key", "53349919760812010X") != index


def test_a_phones_index_follows_from_number_and_key_and_is_no_index_of_an_id() -> None:
    index = domain_citizen_id.phone_index("key", "13800000000")
    for typed in ("13800000000", "138 0000 0000", "138-0000-0000", "+86 13800000000", "１３８００００００００"):
        assert domain_citizen_id.phone_index("key", typed) == index
    others = [domain_citizen_id.phone_index("key", "13800000001"), domain_citizen_id.phone_index("another key", "13800000000")]
    assert index not in {*others, domain_citizen_id.blind_index("key", "13800000000")}


def test_masks_show_what_the_rule_allows() -> None:
    assert masking.masked_id("533499198001010013") == "533499********0013"
    assert [masking.masked_name(n) for n in ("张三", "张三丰", "扎西·顿珠")] == ["张*", "张**", "扎西·**"]

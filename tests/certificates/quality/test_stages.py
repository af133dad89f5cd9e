"""Each stage of the procedure begins when it becomes somebody's turn, and ends when it is done or not needed any more."""

from datetime import date
from typing import Any

import pytest

from services.certificates import vocabulary
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events
from services.certificates.quality.projection import COURSE
from services.certificates.quality.stages import Change, Reassessment, Span, read
from services.certificates.service import SERVICE
from services.kernel.projection import fold_into
from tests.certificates.certificate import story
from tests.certificates.certificate.lives import OBJECTION, OUT, RAISED, STATES
from tests.certificates.quality.courses import ISSUED, Dated, day, home, met, posted, record, review, rows


def spans(*told: Dated) -> list[str]:
    """The spans of a course in words, those that were not needed left out."""
    (row,) = rows(*told)
    return [_words(span) for span in read(row.marks).spans if span.outcome != "DROPPED"]


def _words(span: Span) -> str:
    until = f"{span.ended:%m-%d} {span.outcome}" if span.ended else "waits"
    return " ".join(filter(None, (span.stage, f"{span.began:%m-%d}", until, span.about)))


def again(*told: Dated) -> list[Reassessment]:
    """What re-assessments made of the conclusions before them."""
    (row,) = rows(*told, first=5)
    return list(read(row.marks).reassessments)


def test_an_application_that_ends_with_a_card() -> None:
    assert spans(*ISSUED) == [
        "FORWARD 02-12 02-13 FORWARDED",
        "ACCEPT 02-12 02-26 ACCEPTED",
        "ORDER 02-26 02-27 ORDERED",
        "ASSESS 02-27 03-02 CONCLUDED",
        "NOTICE 03-02 03-02 NOTICE_ORDERED",
        "POST 03-02 03-03 NOTICE_POSTED",
        "TAKE_DOWN 03-10 03-12 NOTICE_CLOSED",
        "REVIEW 03-12 03-26 ISSUED",
        "TOTAL 02-12 03-26 ISSUED",
    ]


APPLIED, ACCEPTED = ("03-02", story.SUBMITTED), ("03-03", story.ACCEPTED)
WITHDRAWN = ("03-05", application_events.CertificateApplicationWithdrawn(withdrawn_on=day("03-05")))
NO = ("03-09", story.NOT_MET)
REFUSED = ("03-10", story.REFUSED)
DISPUTED = ("03-11", application_events.AssessmentDisputed(level=vocabulary.DisputeLevel.PREFECTURE, disputed_on=day("03-11")))
SHOWN = (APPLIED, ACCEPTED, ("03-04", story.ORDERED), ("03-06", met()), ("03-06", story.SHEET), ("03-09", posted("03-16")))


def decided(upheld: bool) -> Dated:
    return "03-20", application_events.DisputeDecided(
        level=vocabulary.DisputeLevel.PREFECTURE, upheld=upheld, final=False, decided_on=day("03-20")
    )


def answered(on: str, upheld: bool) -> Dated:
    return on, application_events.ObjectionAnswered(objection_id=OBJECTION, upheld=upheld, answered_on=day(on))


def taken_down(objections: int) -> Dated:
    return "03-17", application_events.PublicNoticeClosed(closed_on=day("03-17"), objections=objections)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((APPLIED,), ["FORWARD 03-02 waits", "ACCEPT 03-02 waits", "TOTAL 03-02 waits"]),
        ((APPLIED, ("03-03", story.RETURNED)), ["ACCEPT 03-02 03-03 RETURNED", "TOTAL 03-02 waits"]),
        ((APPLIED, REFUSED), ["ACCEPT 03-02 03-10 REFUSED", "TOTAL 03-02 03-10 REFUSED"]),
        ((APPLIED, ACCEPTED, WITHDRAWN), ["ACCEPT 03-02 03-03 ACCEPTED"]),
        (
            (APPLIED, ACCEPTED, ("03-04", home("04-01")), NO, REFUSED),
            [
                "ACCEPT 03-02 03-03 ACCEPTED",
                "ORDER 03-03 03-04 ORDERED",
                "HOME 03-04 03-09 CONCLUDED",
                "REFUSE 03-09 03-10 REFUSED",
                "TOTAL 03-02 03-10 REFUSED",
            ],
        ),
    ],
)
def test_an_application_that_ends_otherwise(told: tuple[Dated, ...], expected: list[str]) -> None:
    assert spans(*told) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((("03-12", RAISED), taken_down(1)), ["ANSWER 03-12 waits"]),
        ((("03-12", RAISED), taken_down(1), answered("03-18", False)), ["ANSWER 03-12 03-18 REJECTED", "REVIEW 03-18 waits"]),
        ((("03-12", RAISED), answered("03-13", False), taken_down(0)), ["ANSWER 03-12 03-13 REJECTED", "REVIEW 03-17 waits"]),
        ((("03-12", RAISED), taken_down(2), answered("03-18", False)), ["ANSWER 03-12 03-18 REJECTED"]),
        ((("03-12", RAISED), taken_down(1), answered("03-18", True)), ["ANSWER 03-12 03-18 UPHELD"]),
        ((("03-12", RAISED), answered("03-13", True), taken_down(0)), ["ANSWER 03-12 03-13 UPHELD"]),
        ((taken_down(0), ("03-18", RAISED)), ["REVIEW 03-17 waits", "ANSWER 03-18 waits"]),
    ],
)
def test_the_review_begins_when_nothing_stands_against_the_notice(told: tuple[Dated, ...], expected: list[str]) -> None:
    assert [words for words in spans(*SHOWN, *told) if words.startswith(("ANSWER", "REVIEW"))] == expected


@pytest.mark.parametrize(
    ("upheld", "expected"),
    [
        (False, ["DISPUTE 03-11 03-20 REJECTED PREFECTURE"]),
        (True, ["DISPUTE 03-11 03-20 UPHELD PREFECTURE", "ORDER 03-20 waits", "TOTAL 03-20 waits"]),
    ],
)
def test_a_dispute_that_is_upheld_opens_the_application_anew(upheld: bool, expected: list[str]) -> None:
    found = spans(APPLIED, ACCEPTED, ("03-04", story.ORDERED), NO, REFUSED, DISPUTED, decided(upheld))
    assert [words for words in found if "03-20" in words] == expected


REGRADED = card_events.CertificateRegraded(
    person_id=story.PERSON,
    from_category=vocabulary.Category.PHYSICAL,
    from_grade=2,
    category=vocabulary.Category.PHYSICAL,
    grade=1,
    valid_from=day("04-10"),
    valid_to=date(2036, 4, 10),
)


def test_a_review_of_a_card_that_only_the_roster_knew() -> None:
    told = (("04-01", review()), ("04-02", story.ORDERED), ("04-08", met(1)), ("04-10", REGRADED))
    assert spans(*told) == [
        "ORDER 04-01 04-02 ORDERED",
        "ASSESS 04-02 04-08 CONCLUDED",
        "CONCLUDE 04-08 04-10 REGRADED",
    ]
    assert again(*told) == [Reassessment(day("04-08"), "", Change.REGRADED)]
    assert again(*told[:3]) == []  # what it is compared with is not known yet


@pytest.mark.parametrize(
    ("conclusion", "change"),
    [(met(2), Change.SAME), (met(1), Change.REGRADED), (story.NOT_MET, Change.NO_LONGER_MET)],
)
def test_a_reassessment_is_held_against_the_institution_that_concluded_before(conclusion: Any, change: Change) -> None:
    other = application_events.AssessmentOrdered(person_id=story.PERSON, institution="H02", ordered_on=day("04-02"))
    told = (*ISSUED, ("04-01", review()), ("04-02", other), ("04-08", conclusion))
    assert again(*told) == [Reassessment(day("04-08"), "H01", change)]


def test_what_was_refused_and_is_met_now_is_a_change_too() -> None:
    past = (APPLIED, ACCEPTED, ("03-04", story.ORDERED), NO, REFUSED, DISPUTED, decided(True))
    assert again(*past, ("03-23", story.ORDERED), ("03-25", met())) == [Reassessment(day("03-25"), "H01", Change.NOW_MET)]


RECORDED = card_events.CertificateRecorded(
    person_id=story.PERSON,
    division=story.VILLAGE,
    category=vocabulary.Category.PHYSICAL,
    grade=2,
    valid_from=day("03-20"),
    valid_to=date(2036, 3, 20),
    as_of=day("04-01"),
    new_period=True,
)


def test_a_roster_makes_no_course_and_touches_none_that_is_not_there() -> None:
    lost = card_events.CertificateReportedLost(person_id=story.PERSON, reported_on=day("04-01"))
    assert COURSE.touched(record(1, 1, day("04-01"), RECORDED)) == ()
    assert rows(("04-01", RECORDED), ("05-01", RECORDED), ("05-01", lost), ("06-01", story.CANCELLED)) == []


def test_where_the_national_register_decides_its_roster_ends_the_application() -> None:
    found = spans(*SHOWN, taken_down(0), ("04-01", RECORDED))
    assert found[-2:] == ["REVIEW 03-17 04-01 RECORDED", "TOTAL 03-02 04-01 RECORDED"]
    (row,) = rows(*SHOWN, taken_down(0), ("04-01", RECORDED))
    assert not row.waits


def test_a_card_that_moves_leaves_its_steps_where_they_were_taken() -> None:
    away = card_events.CertificateTransferredOut(
        person_id=story.PERSON, from_division=story.VILLAGE, to_division="533422101001", transferred_on=day("04-03")
    )
    old, new = rows(*ISSUED, ("04-01", review()), ("04-03", away), ("04-07", story.ORDERED))
    assert (old.township, old.division, old.waits, old.last_on) == ("533401204", story.VILLAGE, False, day("04-03"))
    assert (new.township, new.division, new.waits, new.marks) == (
        "533422101",
        "533422101001",
        True,
        ("2026-04-07 ORDERED H01 INSTITUTION -",),
    )
    (same,) = rows(*ISSUED, ("04-03", OUT), ("04-07", review()))
    assert (same.division, len(same.marks)) == ("533401204002", len(ISSUED) + 1)


@pytest.mark.parametrize("state", STATES)
def test_every_life_can_be_read_and_waits_only_while_something_is_to_be_done(state: str) -> None:
    found: dict[Any, Any] = {}
    for version, happened in enumerate(STATES[state], 1):
        fold_into(COURSE, found, record(1, version, day("04-01"), happened))
    over = state in ("无", "不予办理", "异议不成立", "已撤回", "已注销", "冻结", "挂失", "迁移待接收") or (
        state.startswith("持证") and state != "持证，结论有异议"
    )
    assert any(row.waits for row in found.values()) is not over


def test_the_course_knows_no_event_that_the_register_does_not_publish() -> None:
    assert set(COURSE.keys) <= set(SERVICE.own)

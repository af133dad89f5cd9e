"""Quality and yearly appraisal: exact days, shares beside what they are shares of, and nothing that gives a small number away."""

from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from services.certificates import vocabulary
from services.certificates.certificate.application import events as application_events
from services.certificates.quality.appraisal import Figures, Home, Share, StageFigures
from services.certificates.quality.pages import picture, workbook
from services.certificates.quality.stages import Stage, What
from services.certificates.quality.tally import Period, tally
from tests.certificates.certificate import story
from tests.certificates.quality.courses import ISSUED, Dated, appraisal, day, home, met, review, rows

NOBODY = Home(Share(0, 0), Share(0, 0), 0, 0, 0, 0)
HERE, COUNTY = "533401204", "533401"


def stage(figures: Figures, wanted: Stage) -> StageFigures:
    """The figures of one stage."""
    return next(each for each in figures.stages if each.stage is wanted)


def accepted(applied: str, on: str, stream: int = 1) -> Any:
    """An application accepted on a day."""
    return rows((applied, story.SUBMITTED), (on, story.ACCEPTED), stream=stream)


@pytest.mark.parametrize(
    ("applied", "on", "days", "within"),
    [
        ("03-02", "03-02", 0, 1),  # the same day
        ("03-02", "03-09", 5, 1),  # a Monday and the next
        ("03-02", "03-10", 6, 0),
        ("03-06", "03-07", 1, 1),  # a Saturday counts as the working day after it
        ("02-12", "02-26", 5, 1),  # nine days of Spring Festival, one Saturday worked: 13, 14, 24, 25, 26 February
        ("02-12", "02-27", 6, 0),
        ("02-14", "02-23", 1, 1),  # to the last day of the holiday: before the next working day is over
    ],
)
def test_days_are_working_days_where_the_limit_is(applied: str, on: str, days: int, within: int) -> None:
    found = stage(appraisal(accepted(applied, on)).total, Stage.ACCEPT)
    assert (found.limit, found.median, found.within) == (5, days, Share(within, 1))


def test_a_card_with_all_its_stages() -> None:
    figures = appraisal(rows(*ISSUED)).total
    none = {"waiting": 0, "overdue": 0}
    free = Share(0, 0)
    assert figures.stages == (
        StageFigures(Stage.FORWARD, None, 1, 1, 1, free, **none),
        StageFigures(Stage.ACCEPT, 5, 1, 5, 5, Share(1, 1), **none),
        StageFigures(Stage.ORDER, 5, 1, 1, 1, Share(1, 1), **none),
        StageFigures(Stage.ASSESS, None, 1, 3, 3, free, **none),  # calendar days: nobody has set a limit
        StageFigures(Stage.HOME, 20, 0, None, None, free, **none),
        StageFigures(Stage.REFUSE, None, 0, None, None, free, **none),
        StageFigures(Stage.NOTICE, None, 1, 0, 0, free, **none),
        StageFigures(Stage.POST, 3, 1, 1, 1, Share(1, 1), **none),
        StageFigures(Stage.TAKE_DOWN, 1, 1, 2, 2, Share(0, 1), **none),  # up to the 10th, taken down on the 12th
        StageFigures(Stage.ANSWER, 10, 0, None, None, free, **none),
        StageFigures(Stage.REVIEW, 10, 1, 10, 10, Share(1, 1), **none),
        StageFigures(Stage.DISPUTE, 20, 0, None, None, free, **none),
        StageFigures(Stage.CONCLUDE, None, 0, None, None, free, **none),
        StageFigures(Stage.TOTAL, None, 1, 42, 42, free, **none),
    )
    assert (figures.notices_late, figures.refused, figures.returned) == (Share(1, 1), Share(0, 1), Share(0, 1))


def test_the_median_and_nine_in_ten_are_days_that_occurred() -> None:
    until = ("03-03", "03-03", "03-04", "03-04", "03-05", "03-05", "03-06", "03-09", "03-10", "03-13")  # 1 1 2 2 3 3 4 5 6 9
    many = [accepted("03-02", on, stream) for stream, on in enumerate(until, 1)]
    found = stage(appraisal(*many).total, Stage.ACCEPT)
    assert (found.cases, found.median, found.ninetieth, found.within) == (10, 3, 6, Share(8, 10))


def test_a_stage_belongs_to_the_period_in_which_it_ended() -> None:
    course = accepted("2025-12-29", "2026-01-06")
    assert stage(appraisal(course, since="2025-12-01", until="2025-12-31").total, Stage.ACCEPT).cases == 0
    assert stage(appraisal(course, since="2026-01-06", until="2026-01-06").total, Stage.ACCEPT).cases == 1


@pytest.mark.parametrize(
    ("until", "waiting", "overdue"), [("03-01", 0, 0), ("03-09", 1, 0), ("03-10", 1, 1), ("03-19", 1, 1), ("03-20", 0, 0)]
)
def test_what_nobody_does_shows_as_waiting_and_overdue(until: str, waiting: int, overdue: int) -> None:
    found = stage(appraisal(accepted("03-02", "03-20"), until=until).total, Stage.ACCEPT)
    assert (found.waiting, found.overdue) == (waiting, overdue)


def test_a_period_that_is_not_over_counts_what_waits_today() -> None:
    found = stage(appraisal(rows(("03-02", story.SUBMITTED)), until="12-31", today="03-10").total, Stage.ACCEPT)
    assert (found.cases, found.waiting, found.overdue) == (0, 1, 1)


def test_where_nothing_happened_it_says_none_of_none() -> None:
    said = appraisal(institutions=("H01",))
    assert [c.name for c in said.counties] == ["香格里拉市", "德钦县", "维西傈僳族自治县"]
    assert len(said.townships) == 30
    for figures in (said.total, *said.counties, *said.townships):
        assert {(f.cases, f.median, f.within.percent) for f in figures.stages} == {(0, None, None)}
        assert (figures.home, figures.refused, figures.reasons) == (NOBODY, Share(0, 0), ())
    assert [(i.institution, i.home) for i in said.institutions] == [("H01", NOBODY)]


def test_a_place_shows_what_lies_wholly_in_it() -> None:
    course = rows(*ISSUED)
    said = appraisal(course, division=HERE)
    assert (said.counties, [f.place for f in said.townships]) == ((), [HERE])
    village = appraisal(course, division=story.VILLAGE)
    assert (village.counties, village.townships, stage(village.total, Stage.ACCEPT).cases) == ((), (), 1)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((("04-01", met()),), Home(Share(1, 1), Share(1, 1), 0, 0, 0, 0)),  # on the last day
        ((("04-02", met()),), Home(Share(1, 1), Share(0, 1), 0, 0, 0, 0)),
        ((), Home(Share(0, 1), Share(0, 0), 1, 0, 0, 0)),
        (
            (("04-01", application_events.CertificateApplicationWithdrawn(withdrawn_on=day("04-01"))),),
            Home(Share(0, 1), Share(0, 0), 0, 0, 1, 0),
        ),
        (
            (
                ("03-20", application_events.HomeAssessmentMissed(round_id=story.PERSON, missed_on=day("03-20"), reason="absent")),
                ("03-27", met()),
            ),
            Home(Share(1, 1), Share(1, 1), 0, 0, 0, 1),
        ),
    ],
)
def test_a_home_assessment_is_followed_from_the_day_it_was_asked_for(told: tuple[Dated, ...], expected: Home) -> None:
    course = rows(("03-02", story.SUBMITTED), ("03-03", story.ACCEPTED), ("03-04", home("04-01")), *told)
    said = appraisal(course, until="03-31", today="05-01")
    assert (said.total.home, said.institutions[0].home) == (expected, expected)
    assert appraisal(course, since="03-05", until="03-19", today="05-01").total.home == NOBODY
    running = appraisal(course, until="03-31", today="04-01").total.home
    assert running.not_done == 0


def test_why_applications_were_returned_refused_and_visits_missed() -> None:
    second = (("03-02", story.SUBMITTED), ("03-04", story.RETURNED), ("03-05", story.SUBMITTED), ("03-06", story.RETURNED))
    third = (
        ("03-02", story.SUBMITTED),
        ("03-09", application_events.CertificateApplicationRefused(refused_on=day("03-09"), reason="incomplete")),
    )
    gone = (("03-02", story.SUBMITTED), ("03-03", application_events.CertificateApplicationWithdrawn(withdrawn_on=day("03-03"))))
    said = appraisal(rows(*ISSUED), rows(*second, stream=2), rows(*third, stream=3), rows(*gone, stream=4)).total
    assert [(r.kind, r.code, r.words, r.count) for r in said.reasons] == [
        (What.RETURNED, "guardian_papers", "监护人的居民身份证和户口簿", 2),
        (What.REFUSED, "incomplete", "申请材料不齐，且未补正", 1),
    ]
    assert (said.returned, said.refused, said.withdrawn) == (Share(2, 4), Share(1, 3), Share(1, 3))


def test_conclusions_that_did_not_hold_are_shown_by_the_institution_that_gave_them() -> None:
    worse = (
        *ISSUED,
        ("04-01", review()),
        ("04-02", application_events.AssessmentOrdered(person_id=story.PERSON, institution="H02", ordered_on=day("04-02"))),
    )
    said = appraisal(
        rows(*worse, ("04-08", met(1))), rows(*worse, ("04-08", met(2)), stream=2), rows(*worse, ("04-08", story.NOT_MET), stream=3)
    )
    first, second = said.institutions
    assert (first.institution, first.reassessed.changed) == ("H01", Share(2, 3))
    assert (first.reassessed.regraded, first.reassessed.no_longer_met, first.reassessed.now_met) == (1, 1, 0)
    assert (second.institution, second.reassessed.changed, second.stages[0].cases) == ("H02", Share(0, 0), 3)


def test_disputes_are_counted_by_the_level_that_decided() -> None:
    to_province = (
        ("03-02", story.SUBMITTED),
        ("03-03", story.ACCEPTED),
        ("03-04", story.ORDERED),
        ("03-06", story.NOT_MET),
        ("03-09", story.REFUSED),
        ("03-10", application_events.AssessmentDisputed(level=vocabulary.DisputeLevel.PREFECTURE, disputed_on=day("03-10"))),
        (
            "03-20",
            application_events.DisputeDecided(
                level=vocabulary.DisputeLevel.PREFECTURE, upheld=False, final=False, decided_on=day("03-20")
            ),
        ),
        ("03-23", application_events.AssessmentDisputed(level=vocabulary.DisputeLevel.PROVINCE, disputed_on=day("03-23"))),
        (
            "04-20",
            application_events.DisputeDecided(
                level=vocabulary.DisputeLevel.PROVINCE, upheld=True, final=True, decided_on=day("04-20")
            ),
        ),
    )
    said = appraisal(rows(*to_province))
    expected = [(vocabulary.DisputeLevel.PREFECTURE, Share(0, 1)), (vocabulary.DisputeLevel.PROVINCE, Share(1, 1))]
    assert [(d.level, d.upheld) for d in said.total.disputes] == expected
    assert [(d.level, d.upheld) for d in said.institutions[0].disputes] == expected


def crowd(number: int, village: str, first: int) -> list[Any]:
    """That many applications of a village, accepted in time."""
    told = (("03-02", story.SUBMITTED), ("03-03", story.ACCEPTED))
    return [rows(*told, stream=first + n, division=village) for n in range(number)]


def test_small_numbers_are_kept_back_with_as_many_others_as_it_takes() -> None:
    everybody = [*crowd(30, "533401204001", 1), *crowd(12, "533401101001", 100), *crowd(3, "533401102001", 200)]
    everybody += crowd(20, "533422101001", 300)

    def cases(least: int) -> dict[str, int | None]:
        said = appraisal(*everybody, least=least)
        every = {f.place: stage(f, Stage.ACCEPT) for f in (said.total, *said.counties, *said.townships)}
        assert all((f.median is None) == (not f.cases) for f in every.values())
        return {place: f.cases for place, f in every.items() if f.cases != 0}

    exact = {"": 65, COUNTY: 45, "533422": 20, "533401101": 12, "533401102": 3, HERE: 30, "533422101": 20}
    assert cases(0) == exact
    assert cases(10) == exact | {"533401102": None, "533401101": None}  # 3 would be 45 − 30 − 12


def test_a_small_share_is_not_the_difference_of_two_others() -> None:
    late = [rows(("03-02", story.SUBMITTED), ("03-20", story.ACCEPTED), stream=100 + n) for n in range(4)]
    found = stage(appraisal(*crowd(20, story.VILLAGE, 1), *late, least=10).total, Stage.ACCEPT)
    assert (found.cases, found.within) == (24, Share(None, 24))


def test_an_empty_table_is_counted() -> None:
    found, _ = tally([], Period(day("01-01"), day("12-31"), day("06-01")), story.POLICY)
    assert not found.counts


def test_the_workbook_has_a_sheet_per_view_and_the_denominator_beside_every_share() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(workbook(appraisal(rows(*ISSUED)))))
    assert book.sheet_names == ["县（市）", "乡镇", "评定机构", "原因"]
    lines = {tuple(row[:3]): row[3:] for row in book.get_sheet_by_name("县（市）").to_python()}
    assert lines["533401", "香格里拉市", "受理"] == [1, 1, 100, 5, 5, "工作日", 5, 0, 0]
    assert lines["533401", "香格里拉市", "评定（到机构或集中）"] == [1, "—", "—", 3, 3, "日历日", "", 0, "—"]
    assert lines["533422", "德钦县", "受理"] == [0, 0, "—", "—", "—", "工作日", 5, 0, 0]
    assert lines["533401", "香格里拉市", "公示撤下超期"] == [1, 1, 100, "", "", "", "", "", ""]
    hidden = CalamineWorkbook.from_filelike(BytesIO(workbook(appraisal(rows(*ISSUED), least=10))))
    lines = {tuple(row[:3]): row[3:6] for row in hidden.get_sheet_by_name("县（市）").to_python()}
    assert lines["533401", "香格里拉市", "受理"] == ["*", "*", "—"]


def test_the_picture_says_where_nobody_asked_and_where_numbers_are_kept_back() -> None:
    past = (("03-02", story.SUBMITTED), ("03-03", story.ACCEPTED), ("03-04", home("04-01")))
    courses = rows(*past, ("03-20", met())), rows(*past, ("04-02", met()), stream=2), rows(*past, stream=3)

    def said(least: int) -> str:
        root = ElementTree.fromstring(picture(appraisal(*courses, least=least), by_township=False))
        return root.findtext("{http://www.w3.org/2000/svg}desc") or ""

    assert said(0).split("；") == [
        "按期办结：香格里拉市 1，德钦县 0件 0，维西傈僳族自治县 0件 0",
        "超期办结：香格里拉市 1，德钦县 0件 0，维西傈僳族自治县 0件 0",
        "逾期未办：香格里拉市 1，德钦县 0件 0，维西傈僳族自治县 0件 0",
        "未到期：香格里拉市 0，德钦县 0件 0，维西傈僳族自治县 0件 0",
        "中位工作日（右轴）：香格里拉市 12，德钦县 0件 —，维西傈僳族自治县 0件 —",
    ]
    assert said(10).split("；")[0] == "按期办结：香格里拉市 * —，德钦县 0件 0，维西傈僳族自治县 0件 0"

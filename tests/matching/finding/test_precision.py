"""How often a rule is right, and when it is to be looked at."""

from datetime import date

from services.kernel.policy import Row, Rules
from services.matching.finding.decider import found_in
from services.matching.finding.precision import ANY, Decided, Precision, judged
from services.matching.policy.load import LeastPrecision, load_policy
from tests.matching.county import County
from tests.matching.finding.samples import COUNTY, FOUND, MONDAY, PAID, open_findings
from tests.world import World

DAY = date(2026, 3, 2)
NEAR, FAR = "533401102", "533401204"


def row(rule: str, percent: int, decided: int) -> Row[LeastPrecision]:
    """What is asked of a rule."""
    return Row(rule, date(2016, 1, 1), None, "", "test", LeastPrecision(percent, decided))


def test_a_rule_is_judged_as_a_whole_and_by_township_once_enough_is_decided() -> None:
    decided = [Decided("PAID_TWICE", "MZ", NEAR, 9, 1), Decided("PAID_TWICE", "MZ", FAR, 2, 8)]
    assert judged(decided, Rules((row(ANY, 60, 10),)), DAY) == [
        Precision("PAID_TWICE", "MZ", None, 11, 9, 55, True),
        Precision("PAID_TWICE", "MZ", NEAR, 9, 1, 90, False),
        Precision("PAID_TWICE", "MZ", FAR, 2, 8, 20, True),
    ]
    assert not any(each.review for each in judged(decided, Rules((row(ANY, 60, 21),)), DAY))


def test_a_row_of_its_own_outranks_that_of_all_rules() -> None:
    rows = Rules((row(ANY, 90, 1), row("PAID_TWICE", 50, 1)))
    assert not judged([Decided("PAID_TWICE", "MZ", NEAR, 6, 4)], rows, DAY)[0].review
    assert judged([Decided("WRONG_RATE", "MZ", NEAR, 6, 4)], rows, DAY)[0].review


def test_what_nobody_has_decided_is_neither_right_nor_wrong() -> None:
    (whole, _) = judged([Decided("PAID_TWICE", "MZ", NEAR, 0, 0)], load_policy().precisions, DAY)
    assert (whole.percent, whole.review) == (None, False)


async def test_outcomes_make_the_precision_that_an_office_reads(place: World) -> None:
    county = await County(place).open()
    county.on(MONDAY)
    await open_findings(county.runtime, FOUND, PAID)
    civil = await county.as_("MZ", COUNTY, "official")
    await civil.post(f"/findings/{found_in(FOUND)}/verify", {"evidence": "HOME_VISIT"}, 200)
    await civil.post(f"/findings/{found_in(PAID)}/refute", {"reason": "NOT_TRUE"}, 200)
    rows = (await civil.get("/findings/precision"))["items"]
    assert [(each["rule"], each["township"], each["percent"], each["review"]) for each in rows] == [
        ("LIVING_NOT_RECEIVED", None, 100, False),
        ("LIVING_NOT_RECEIVED", NEAR, 100, False),
        ("PAID_WITHOUT_CARD", None, 0, False),
        ("PAID_WITHOUT_CARD", FAR, 0, False),
    ]
    school = await county.as_("JT", COUNTY, "official")
    assert (await school.get("/findings/precision"))["items"] == []

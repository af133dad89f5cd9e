"""What the year's review says of escalations, by logs made up for it."""

from typing import Any

from deploy.sandbox.review.climbing import climbed, stops

OPEN = "notices still open though an office of their line had acted"
TOLD = "notices escalated after an office of their line had acted"


def said(kind: str, stream: str, **data: Any) -> dict[str, Any]:
    return {"type": f"shouwang.notifications.{kind}", "stream_id": stream, "data": data}


def queued(stream: str, agency: str, division: str, stage: int, *trail: str) -> dict[str, Any]:
    where = {"agency": agency, "division": division, "stage": stage, "trail": list(trail)}
    return said("NoticeQueued", stream, cause_id="c", route="r", **where)


VILLAGE = queued("village", "CUN", "533401101001", 0)
COUNTY = queued("county", "CL", "533401", 1, "CUN:533401101001:0:NOT_ACKNOWLEDGED:2026-03-02")
COMMITTEE = queued("committee", "CGW", "533401", 2, *COUNTY["data"]["trail"], "CL:533401:1:NOT_ACKNOWLEDGED:2026-03-09")
BESIDE = queued("beside", "MZ", "533401", 1, "CUN:533401101001:0:NOT_ACKNOWLEDGED:2026-03-02")
CLIMB = [
    VILLAGE,
    said("NoticeEscalated", "village", escalated_on="2026-03-02"),
    COUNTY,
    said("NoticeEscalated", "county", escalated_on="2026-03-09"),
    COMMITTEE,
]
ACTED = said("NoticeActedOn", "county", reported_on="2026-03-10")
DOWN = [said("NoticeSuppressed", "village"), said("NoticeSuppressed", "committee")]


def found(log: list[dict[str, Any]], full: bool = False) -> dict[str, tuple[Any, Any]]:
    return {what: (put, came) for what, put, came in stops(log, full)}


def test_all_of_a_line_have_ended_when_one_of_it_acted() -> None:
    assert found([*CLIMB, BESIDE, ACTED, *DOWN]) == {OPEN: ([], []), TOLD: ([], [])}


def test_who_still_has_it_is_named_and_who_was_told_beside_is_not() -> None:
    assert found([*CLIMB, BESIDE, ACTED, DOWN[0]])[OPEN] == ([], ["committee"])
    noted = said("NoticeAcknowledged", "committee", next_by=None)
    assert found([*CLIMB, ACTED, DOWN[0], noted])[OPEN] == ([], [])
    waits = said("NoticeAcknowledged", "committee", next_by="2026-03-20")
    assert found([*CLIMB, ACTED, DOWN[0], waits])[OPEN] == ([], ["committee"])


def test_who_gave_a_lead_may_wait_for_it() -> None:
    assert found([*CLIMB, said("LeadAssigned", "committee"), ACTED, DOWN[0]])[OPEN] == ([], [])


def test_an_escalation_after_the_act_is_named_and_one_before_it_is_not() -> None:
    late = said("NoticeEscalated", "committee", escalated_on="2026-03-16")
    assert found([*CLIMB, ACTED, *DOWN, late])[TOLD] == ([], ["committee"])
    own = said("NoticeEscalated", "county", escalated_on="2026-03-11")
    assert found([*CLIMB, ACTED, *DOWN, own])[TOLD] == ([], ["county"])
    before = said("NoticeEscalated", "committee", escalated_on="2026-03-10")
    assert found([*CLIMB, ACTED, *DOWN, before])[TOLD] == ([], [])


def test_a_full_year_in_which_nothing_climbed_or_nothing_stopped_does_not_agree() -> None:
    climbs, stopped = (
        "escalations reached the county's federation or committee office",
        "some of them stopped because an office acted",
    )
    assert found([*CLIMB, ACTED, *DOWN], full=True) | {OPEN: 0, TOLD: 0} == {
        OPEN: 0,
        TOLD: 0,
        climbs: (True, True),
        stopped: (True, True),
    }
    quiet = found([VILLAGE], full=True)
    assert (quiet[climbs], quiet[stopped]) == ((True, False), (True, False))
    unheard = found(CLIMB, full=True)
    assert (unheard[climbs], unheard[stopped]) == ((True, True), (True, False))


def test_the_figures_count_who_was_reached_and_where_it_ended() -> None:
    assert climbed([*CLIMB, ACTED, DOWN[0]]) == {
        "CGW@county": {"reached": 1, "stopped": 0},
        "CL@county": {"reached": 1, "stopped": 1},
    }

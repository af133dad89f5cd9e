"""What follows from a notice: the next office, back to the sender, a lead; what a later event settles; who may stand down."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.certificates.certificate.card.events import CertificateFrozen, CertificateUnfrozen
from services.domain.agencies import Successor
from services.domain.file_number import file_number
from services.monitoring.risk_case.events import CaseOpened, MeasureChecked, MeasureDelivered, MeasureOverdue, RiskResolved
from services.monitoring.vocabulary import RiskKind, RiskOutcome
from services.notifications import vocabulary
from services.notifications.notice import commands, decider
from services.notifications.notice import events as notice_events
from services.notifications.notice.projection import NoticeState
from services.notifications.policy.load import POLICY
from services.notifications.reminder import events as reminder_events
from services.notifications.routing.projection import Matter, Past, settler
from services.notifications.routing.reactions import give_back, route, settle, stand_down, tell_lead, tell_next
from services.notifications.subscription.events import SubscriptionDisabled
from services.notifications.subscription.reactions import tell_disabled
from tests.contract.golden import sample
from tests.notifications.notice import lives
from tests.notifications.samples import DAY, PLAN, RISK, TRIED, VILLAGE, recorded

HOME, MEASURE = UUID(int=3), UUID(int=5)
DELIVERED = MeasureDelivered(household_id=HOME, measure_id=MEASURE, owner="MZ", delivered_on=DAY)
CHECKED = MeasureChecked(household_id=HOME, measure_id=MEASURE, owner="MZ", arrived=True, checked_on=DAY)
OPENED = CaseOpened(household_id=HOME, kind=RiskKind.DISASTER, opened_on=DAY, decide_by=date(2026, 3, 15))


def later(event: Any, version: int = 2) -> Any:
    """A later event of the same subject, as it was kept."""
    return settler(replace(recorded(event), version=version))


def queued(found: Any) -> Any:
    """The one notice that follows."""
    ((_, _, command),) = found
    return command.notice


def test_what_was_over_when_its_cause_arrived_is_told_to_nobody() -> None:
    """A renewal may stop a reminder before its rung is told; the office is not told of what is done already."""
    assert route(recorded(TRIED), Past(over=True), POLICY) == []
    told = route(recorded(TRIED), Past(), POLICY)
    assert [order[2].notice.route for order in told] == ["reminder-six-months-village"]


def test_a_reminder_that_reached_is_verified_and_one_that_its_card_outlived_too() -> None:
    asked = lives.row_of(queued(route(recorded(TRIED), Past(), POLICY)), lives.NOTED)
    reached = reminder_events.ReminderReached(rung="CUN@village", proof=reminder_events.Proof.HOLDER, reached_on=DAY)
    ((_, _, verify),) = settle(recorded(reached), [asked], POLICY)
    assert verify == commands.Verify("ReminderReached", UUID(int=1), "reminder-reached")
    assert route(recorded(TRIED), Past(later=(later(reached),)), POLICY) == []
    for reason, by in ((reminder_events.StopReason.RENEWED, ["reminder-card-renewed"]), (reminder_events.StopReason.DEATH, [])):
        stopped = reminder_events.ReminderStopped(reason=reason, stopped_on=DAY)
        assert [order[2].resolution for order in settle(recorded(stopped), [asked], POLICY)] == by


def test_what_was_settled_when_its_cause_arrived_is_told_to_nobody() -> None:
    assert route(recorded(RISK), Past(later=(later(OPENED),)), POLICY) == []
    assert route(recorded(PLAN), Past(later=(later(DELIVERED),)), POLICY) == []
    other = replace(DELIVERED, measure_id=UUID(int=6))
    assert len(route(recorded(PLAN), Past(later=(later(other), later(OPENED))), POLICY)) == 1


@pytest.mark.parametrize(
    ("event", "command"),
    [
        (DELIVERED, commands.NoteActed(DAY)),
        (replace(DELIVERED, measure_id=UUID(int=6)), None),
        (CHECKED, commands.Verify("MeasureChecked", UUID(int=1), "measure-arrived")),
        (replace(CHECKED, arrived=False), None),
        (replace(CHECKED, measure_id=UUID(int=6)), None),
        (OPENED, None),
    ],
)
def test_a_measure_is_acted_on_by_the_owners_word_and_verified_by_a_check_that_it_arrived(event: Any, command: Any) -> None:
    row = lives.row_of(lives.ASKED, lives.NOTED)
    assert settle(recorded(event), [row], POLICY) == ([(decider.NOTICE, row.notice_id, command)] if command else [])


def test_the_owners_word_is_an_act_of_who_had_taken_note_and_a_proof_for_nobody() -> None:
    told, acted = commands.NoteActed(DAY), lives.ACTED
    assert (
        lives.decided((lives.ASKED, lives.NOTED), told)
        == lives.decided((lives.ASKED, lives.NOTED, lives.ACCEPTED), told)
        == [acted]
    )
    assert lives.decided((lives.ASKED, lives.NOTED, lives.ACCEPTED, acted), told) == []
    assert lives.decided((lives.ASKED,), told) == [lives.WITHDRAWN]
    assert lives.row_of(lives.ASKED, lives.NOTED, acted).state == "ACTED"


def test_when_the_owner_reports_what_was_overdue_the_others_need_not_press_it_any_more() -> None:
    overdue = MeasureOverdue(household_id=HOME, measure_id=MEASURE, measure="M14", owner="MZ", due_on=DAY)
    rows = [lives.row_of(order[2].notice, lives.NOTED) for order in route(recorded(overdue), Past(), POLICY)]
    assert [(row.agency, row.division) for row in rows] == [("MZ", "533401"), ("CL", "533401"), ("XCZX", "533401")]
    rows[2] = replace(rows[2], state=NoticeState.ACTED, waiting=False)
    done = [
        (row.notice_id, c)
        for row, c in zip(
            rows, (commands.NoteActed(DAY), commands.Suppress(vocabulary.SuppressionReason.NO_LONGER_TRUE)), strict=False
        )
    ]
    assert [(i, c) for _, i, c in settle(recorded(DELIVERED), rows, POLICY)] == done
    above = [replace(rows[0], division="5334")]
    assert [c for _, _, c in settle(recorded(DELIVERED), above, POLICY)] == [
        commands.Suppress(vocabulary.SuppressionReason.NO_LONGER_TRUE)
    ]
    merged = replace(POLICY, agencies=replace(POLICY.agencies, successors=(Successor("MZ", DAY, None, "a test", "RS"),)))
    assert [c for _, _, c in settle(recorded(DELIVERED), [replace(rows[0], agency="RS")], merged)] == [commands.NoteActed(DAY)]


def test_a_check_that_found_nothing_goes_to_the_owner_until_another_one_finds_it() -> None:
    assert route(recorded(CHECKED), Past(), POLICY) == []
    asked = queued(route(recorded(replace(CHECKED, arrived=False)), Past(), POLICY))
    assert (asked.agency, asked.division, asked.severity, asked.sender) == ("MZ", "533401", "HIGH", "XCZX:533401")
    assert asked.chain == ("CL:533401+XCZX:533401", "CGW:533401", "ZF:533401", "CGW:5334")
    assert (
        asked.text
        == f"一户残疾人家庭的帮扶措施经2026年3月2日入户核查未到位（编号{file_number(asked.subject_id)}）。请查明原因，重新落实并反馈。"
    )
    row = lives.row_of(asked, lives.NOTED)
    assert [c for _, _, c in settle(recorded(DELIVERED), [row], POLICY)] == [commands.NoteActed(DAY)]
    assert [c.resolution for _, _, c in settle(recorded(CHECKED), [row], POLICY)] == ["measure-arrived"]


def test_who_was_told_that_a_card_was_frozen_is_told_that_it_is_valid_again() -> None:
    frozen, unfrozen = recorded(sample(CertificateFrozen)), recorded(sample(CertificateUnfrozen))
    told = [order[2].notice for order in route(frozen, Past(), POLICY)]
    again = [order[2].notice for order in route(unfrozen, Past(), POLICY)]
    assert [(q.agency, q.division) for q in told] == [(q.agency, q.division) for q in again] == [("CUN", VILLAGE), ("MZ", "533401")]
    assert [q.text for q in again] == [
        f"一份残疾人证已于2026年2月28日解冻（编号{file_number(unfrozen.stream_id)}）。请告知本人或监护人。",
        f"一份残疾人证已于2026年2月28日解冻（编号{file_number(unfrozen.stream_id)}）。请核对并恢复有关补贴。",
    ]
    for happened, before, by in ((unfrozen, told, "certificate-valid-again"), (frozen, again, "certificate-frozen-again")):
        assert [c.resolution for _, _, c in settle(happened, [lives.row_of(q) for q in before], POLICY)] == [by, by]


def test_a_resolution_counts_from_its_day_on() -> None:
    rows = [replace(r, since=date(2026, 3, 3)) for r in POLICY.resolutions.rows]
    policy = replace(POLICY, resolutions=type(POLICY.resolutions)(tuple(rows)))
    assert settle(recorded(DELIVERED), [lives.row_of(lives.ASKED)], policy) == []


def test_a_refuted_risk_is_verified_where_somebody_took_note_and_withdrawn_where_nobody_did() -> None:
    refuted = RiskResolved(household_id=HOME, outcome=RiskOutcome.REFUTED, resolved_on=DAY)
    asked = queued(route(recorded(RISK), Past(), POLICY)[:1])
    ((_, _, verify),) = settle(recorded(refuted), [lives.row_of(asked)], POLICY)
    noted = replace(lives.NOTED, escalate_on=None)
    assert [type(x) for x in lives.decided((asked,), verify)] == [notice_events.NoticeSuppressed]
    assert [type(x) for x in lives.decided((asked, noted), verify)] == [notice_events.NoticeVerified]


def test_the_next_offices_get_the_matter_the_trail_and_only_the_first_of_them_the_rest_of_the_chain() -> None:
    matter = Matter(lives.row_of(lives.ASKED, lives.SENT, *lives.ESCALATED))
    first, second = (queued(tell_next(lives.happened(x, matter.row.notice_id), matter, POLICY)) for x in lives.ESCALATED)
    assert (first.agency, first.chain, first.stage) == ("CL", ("CGW:533401", "MZ:5334", "CGW:5334"), 1)
    assert (second.agency, second.chain) == ("XCZX", ())
    assert first.trail == ("MZ:533401:0:NOT_ACKNOWLEDGED:2026-03-05",)
    assert first.text == (
        "香格里拉市民政局未按时签收。现转请贵单位督促办理。原事项：一户残疾人家庭需由责任单位落实帮扶措施"
        f"（编号{file_number(matter.row.subject_id)}，措施目录M14）。"
        "请于2026年3月2日前落实并反馈。"
    )
    assert (first.acknowledge_by, first.accept_days, first.act_days, first.facts) == (date(2026, 3, 10), 3, 10, lives.ASKED.facts)


def test_the_committee_always_has_days_to_answer() -> None:
    note_only = replace(lives.NOTE_ONLY, chain=("CGW:533401",))
    (escalated,) = lives.decided((note_only,), commands.Escalate(), lives.LATER)
    matter = Matter(lives.row_of(note_only, escalated))
    assert queued(tell_next(lives.happened(escalated, matter.row.notice_id), matter, POLICY)).act_days == 10


def test_a_row_that_changes_changes_the_next_notice_and_not_the_chain_of_a_past_one() -> None:
    rows = [replace(r, value=replace(r.value, chain=("ZF@county",), act_days=1)) for r in POLICY.routes.rows]
    changed = replace(POLICY, routes=type(POLICY.routes)(tuple(rows)))
    matter = Matter(lives.row_of(lives.ASKED, lives.SENT, *lives.ESCALATED))
    following = queued(tell_next(lives.happened(lives.ESCALATED[0], matter.row.notice_id), matter, changed))
    assert (following.chain, following.act_days) == (("CGW:533401", "MZ:5334", "CGW:5334"), 10)
    assert queued(route(recorded(PLAN), Past(), changed)).chain == ("ZF:533401",)


def test_the_days_and_doors_of_what_follows_are_those_of_the_row_that_made_the_first() -> None:
    """Not of one of another county, not of one that came later, whatever stands last in the file."""
    own = next(r for r in POLICY.routes.rows if r.id == lives.ASKED.route)
    other = replace(own.value, days=20, doors=(vocabulary.Channel.INBOX,))
    elsewhere, future = replace(own, division="533422", value=other), replace(own, since=date(2026, 3, 5), value=other)
    matter = Matter(lives.row_of(lives.ASKED, lives.SENT, *lives.ESCALATED))
    for rows in ((own, elsewhere, future), (future, elsewhere, own)):
        policy = replace(POLICY, routes=type(POLICY.routes)(rows))
        next_one = queued(tell_next(lives.happened(lives.ESCALATED[0], matter.row.notice_id), matter, policy))
        assert (next_one.acknowledge_by, next_one.channels) == (
            date(2026, 3, 10),
            (vocabulary.Channel.TOPIC, vocabulary.Channel.INBOX),
        )
    mine = replace(own, division="533401", value=other)
    made_by_it = replace(matter, row=replace(matter.row, row_since=mine.since))
    policy = replace(POLICY, routes=type(POLICY.routes)((mine, own)))
    next_one = queued(tell_next(lives.happened(lives.ESCALATED[0], matter.row.notice_id), made_by_it, policy))
    assert (next_one.acknowledge_by, next_one.channels) == (date(2026, 4, 2), (vocabulary.Channel.INBOX,))


def test_a_row_of_the_county_that_had_ended_is_not_taken_for_the_one_that_made_the_notice() -> None:
    own = next(r for r in POLICY.routes.rows if r.id == lives.ASKED.route)
    ended = replace(own, division="533401", until=date(2024, 1, 1), value=replace(own.value, days=20))
    first = replace(
        lives.row_of(lives.ASKED, lives.SENT, *lives.ESCALATED), row_since=own.since, row_until=own.until, row_source=own.source
    )
    closed = replace(own, until=date(2026, 3, 5))  # its end was written after the notice
    for rows in ((ended, own), (own, ended), (closed, replace(own, since=date(2026, 3, 5), value=ended.value))):
        policy = replace(POLICY, routes=type(POLICY.routes)(rows))
        next_one = queued(tell_next(lives.happened(lives.ESCALATED[0], first.notice_id), Matter(first), policy))
        assert next_one.acknowledge_by == date(2026, 3, 10)


@pytest.mark.parametrize("past", [(lives.ASKED, lives.ACTED), (lives.ASKED, lives.SENT_BACK), (lives.NOTE_ONLY, lives.NOTED_ONLY)])
def test_what_was_done_between_escalation_and_telling_is_told_to_nobody_else(past: tuple[Any, ...]) -> None:
    matter = Matter(lives.row_of(past[0], *lives.ESCALATED, *past[1:]))
    assert tell_next(lives.happened(lives.ESCALATED[0], matter.row.notice_id), matter, POLICY) == []
    waiting = lives.row_of(lives.ASKED, *lives.ESCALATED)
    settled = Matter(waiting, (later(DELIVERED),))
    assert tell_next(lives.happened(lives.ESCALATED[0], waiting.notice_id), settled, POLICY) == []
    assert tell_next(lives.happened(lives.ESCALATED[0], waiting.notice_id), None, POLICY) == []


def test_the_sender_is_told_the_reason_and_carries_the_chain_on() -> None:
    matter = Matter(lives.row_of(lives.ASKED, lives.SENT_BACK))
    back = queued(give_back(lives.happened(lives.SENT_BACK, matter.row.notice_id), matter, POLICY))
    assert (back.agency, back.division, back.stage, back.returned) == ("XCZX", "533401", 1, True)
    assert back.chain == ("CL:533401", "CGW:533401", "MZ:5334", "CGW:5334")
    assert back.text.startswith("香格里拉市民政局已退回一件事项。原因：不属本单位职责。请改派或自行办理。原事项：一户残疾人家庭")
    handed_on = Matter(lives.row_of(lives.ASKED, *lives.ESCALATED, lives.SENT_BACK))
    assert queued(give_back(lives.happened(lives.SENT_BACK, matter.row.notice_id), handed_on, POLICY)).chain == ()


def test_a_lead_is_told_by_whom_and_the_prefecture_stays_behind_it() -> None:
    matter = Matter(lives.row_of(lives.TO_COMMITTEE, lives.LED))
    lead = queued(tell_lead(lives.happened(lives.LED, matter.row.notice_id), matter, POLICY))
    assert (lead.agency, lead.division, lead.stage, lead.chain) == ("RS", "533401", 3, ("MZ:5334", "CGW:5334"))
    assert lead.trail == ("MZ:533401:0:NOT_ACCEPTED:2026-03-02", "CGW:533401:2:LEAD_ASSIGNED:2026-03-02")
    assert lead.text.startswith("香格里拉市残工委办公室请贵单位牵头办理。原事项：")


def test_when_one_office_acted_the_others_of_its_chain_stand_down_but_who_gave_the_lead_still_answers() -> None:
    committee = lives.row_of(lives.TO_COMMITTEE, lives.LED)
    lead = replace(
        lives.ASKED, agency="RS", stage=3, chain=(), trail=(*lives.TO_COMMITTEE.trail, "CGW:533401:2:LEAD_ASSIGNED:2026-03-02")
    )
    mine, first = lives.row_of(lead, lives.ACTED), lives.row_of(lives.ASKED, *lives.ESCALATED)
    unrelated = lives.row_of(replace(lives.ASKED, agency="CL"))
    rows = [committee, mine, first, unrelated]
    over = commands.Suppress(vocabulary.SuppressionReason.NO_LONGER_TRUE)
    assert stand_down(lives.happened(lives.ACTED, mine.notice_id), rows, POLICY) == [(decider.NOTICE, first.notice_id, over)]
    assert stand_down(lives.happened(lives.ACTED, UUID(int=99)), rows, POLICY) == []


def test_nobody_is_told_after_an_office_of_the_line_has_acted() -> None:
    """Both were said in one batch: whoever would be told now was not there yet when the others were stood down."""
    acted = lives.row_of(lives.ASKED, lives.NOTED, lives.ACCEPTED, lives.ACTED)
    other = replace(acted, agency="CL")
    committee = lives.row_of(lives.TO_COMMITTEE, lives.LED)
    escalated = notice_events.NoticeEscalated(
        to_agency="ZF", to_division="533401", next_notice_id=UUID(int=7), escalated_on=DAY, stage=3, trail=lives.TO_COMMITTEE.trail
    )
    waiting = lives.row_of(lives.TO_COMMITTEE, escalated)
    for react, event, row in ((tell_lead, lives.LED, committee), (tell_next, escalated, waiting)):
        recorded = lives.happened(event, row.notice_id)
        assert len(react(recorded, Matter(row, same=(row, other)), POLICY)) == 1
        assert react(recorded, Matter(row, same=(row, acted)), POLICY) == []
    refused = lives.row_of(lives.ASKED, lives.SENT_BACK)
    behind = lives.row_of(lives.TO_COMMITTEE, lives.NOTED, lives.ACTED)
    assert give_back(lives.happened(lives.SENT_BACK, refused.notice_id), Matter(refused, same=(refused, behind)), POLICY) == []


def test_a_notice_that_no_row_made_keeps_its_text() -> None:
    """A committee may give the lead for whatever it is told of, for a way of its own that was disabled, too."""
    disabled = SubscriptionDisabled(
        subscription_id=HOME,
        agency="CGW",
        channel=vocabulary.Channel.MAIL,
        reason=vocabulary.DisablingReason.GONE,
        disabled_on=DAY,
    )
    asked = tell_disabled(recorded(disabled, "533401"), None, POLICY)[0][2].notice
    (led,) = lives.decided((asked,), commands.AssignLead("RS", "533401"))
    matter = Matter(lives.row_of(asked, led))
    lead = queued(tell_lead(lives.happened(led, matter.row.notice_id), matter, POLICY))
    assert (lead.text, lead.agency) == (asked.text, "RS")
    assert lead.acknowledge_by == date(2026, 3, 9)

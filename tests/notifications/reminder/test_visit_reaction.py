"""What planned visits mean for reminders and notices: the reaction alone, then over the real database with a reminder at the village."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from services.certificates.certificate.card import events as card_events
from services.domain.file_number import file_number
from services.engine.deliver import Delivery
from services.monitoring import vocabulary
from services.monitoring.visit_plan import events as visit_plan_events
from services.notifications.policy.load import POLICY
from services.notifications.reminder.commands import NoteVisit
from services.notifications.reminder.decider import REMINDER
from services.notifications.reminder.visit_reaction import visited
from tests.notifications.reminder.ledger import WINDOW, Registry, card, holder, near, reminder_of
from tests.notifications.samples import VILLAGE, recorded

NEIGHBOUR = "533401103201"  # a village of the same county
THIS = reminder_of(window=WINDOW.ONE_MONTH, until=date(2026, 4, 2))
TOLD = visit_plan_events.PlannedVisitClosed(
    household_id=None,
    person_id=holder(),
    purpose=vocabulary.VisitPurpose.REMIND_RENEWAL,
    certificate_id=card(),
    reminder_id=THIS,
    outcome=vocabulary.VisitOutcome.TOLD,
    told=vocabulary.ToldWhom.GUARDIAN,
    visited_on=date(2026, 3, 6),
    visit_id=None,
)
NOT_MET = replace(TOLD, outcome=vocabulary.VisitOutcome.NOT_FOUND, told=vocabulary.ToldWhom.NOBODY)
PLANNED = visit_plan_events.VisitPlanned(
    household_id=None,
    person_id=holder(),
    division=VILLAGE,
    purpose=vocabulary.VisitPurpose.FOLLOW_UP,
    certificate_id=None,
    valid_to=None,
    reminder_id=None,
    reminder_version=None,
    planned_by="CL",
    planned_on=date(2026, 3, 2),
    due_on=date(2026, 3, 10),
    report_by=date(2026, 3, 12),
)
MISSED = visit_plan_events.VisitMissed(
    household_id=None,
    person_id=holder(),
    purpose=vocabulary.VisitPurpose.FOLLOW_UP,
    reminder_id=None,
    planned_by="CL",
    due_on=date(2026, 3, 10),
    missed_on=date(2026, 3, 13),
)


@pytest.mark.parametrize(
    ("outcome", "told", "noted"),
    [
        ("TOLD", "HOLDER", NoteVisit(True, VILLAGE)),
        ("TOLD", "GUARDIAN", NoteVisit(True, VILLAGE)),
        ("NOT_FOUND", "NOBODY", NoteVisit(False, VILLAGE, "not_met")),
        ("MOVED_AWAY", "NOBODY", NoteVisit(False, VILLAGE, "moved_away")),
        ("REFUSED", "NOBODY", NoteVisit(False, VILLAGE, "not_willing")),
        ("OTHER", "NOBODY", NoteVisit(False, VILLAGE, "not_told")),
        ("UNKNOWN", "UNKNOWN", NoteVisit(False, VILLAGE, "not_told")),
    ],
)
def test_a_report_tells_the_reminder_that_somebody_knows_or_why_not(outcome: str, told: str, noted: NoteVisit) -> None:
    said = recorded(replace(TOLD, outcome=vocabulary.VisitOutcome(outcome), told=vocabulary.ToldWhom(told)))
    assert visited(said, None, POLICY) == [(REMINDER, THIS, noted)]
    assert visited(replace(said, event=replace(said.event, reminder_id=None)), None, POLICY) == []


async def at_the_village(registry: Registry) -> Any:
    """A card in its last month whose holder did not answer by phone; the village's notice."""
    await registry.says(near(window=WINDOW.ONE_MONTH, until=date(2026, 4, 2)))
    await registry.on(date(2026, 3, 6))
    (told,) = await registry.notices(THIS, 1)
    return told


async def says(registry: Registry, *events: Any, stream: UUID, division: str = VILLAGE) -> None:
    """Monitoring's events about one planned visit reach the worker, twice: the inbox was pruned in between."""
    now = registry.runtime.clock()
    said = [replace(recorded(each, division), stream_id=stream, occurred_at=now, service="monitoring") for each in events]
    batch = [replace(each, version=n, event_id=uuid5(stream, str(n))) for n, each in enumerate(said, 1)]
    for _ in range(2):
        async with registry.runtime.pool.acquire() as conn, conn.transaction():
            await Delivery(registry.runtime).apply(conn, batch)


async def reminder(registry: Registry) -> Any:
    """The reminder as the county reads it."""
    office = await registry.as_("CL", VILLAGE[:6])
    return (await office.get(f"/reminders/{THIS}"))["reminder"]


async def test_told_in_person_is_the_proof_in_the_last_month_and_verifies_what_the_village_was_told(registry: Registry) -> None:
    told = await at_the_village(registry)
    village = await registry.as_("CUN", VILLAGE, "liaison")
    await village.post(f"/notices/{told['notice_id']}/acknowledge")
    await says(registry, TOLD, stream=uuid4())
    (verified,) = await registry.notices(THIS, 1, state="VERIFIED")
    assert (verified["notice_id"], verified["verified_by"]) == (told["notice_id"], "ReminderReached")
    row = await reminder(registry)
    assert (row["state"], row["proof"], row["rung"], row["reached_on"]) == ("REACHED", "VISITOR", "CUN@village", "2026-03-06")
    assert await registry.sql("SELECT 1 FROM views.due") == []


async def test_told_in_person_counts_also_after_the_villages_time_has_run_out(registry: Registry) -> None:
    await at_the_village(registry)
    await registry.on(date(2026, 3, 12))
    await registry.notices(THIS, 1, agency="CL")
    await says(registry, TOLD, stream=uuid4())
    assert len(await registry.notices(THIS, 2, state="SUPPRESSED")) == 2  # nobody had taken note
    row = await reminder(registry)
    assert (row["state"], row["proof"]) == ("REACHED", "VISITOR")


async def test_a_visit_in_vain_hands_the_reminder_on_and_the_villages_work_is_done(registry: Registry) -> None:
    told = await at_the_village(registry)
    village = await registry.as_("CUN", VILLAGE, "liaison")
    await village.post(f"/notices/{told['notice_id']}/acknowledge")
    await says(registry, NOT_MET, stream=uuid4())
    await registry.notices(THIS, 1, agency="CL")
    (verified,) = await registry.notices(THIS, 1, state="VERIFIED")
    assert (verified["agency"], verified["verified_by"]) == ("CUN", "ReminderNotReached")
    row = await reminder(registry)
    assert (row["state"], row["rung"], row["tried"][-1]) == ("OWED", "CL@county", "CUN@village:not_met:2026-03-06")


async def test_the_village_that_a_card_has_left_closes_nothing_of_the_one_where_it_is(registry: Registry) -> None:
    await at_the_village(registry)
    out = card_events.CertificateTransferredOut(
        person_id=holder(), from_division=VILLAGE, to_division=NEIGHBOUR, transferred_on=date(2026, 3, 6)
    )
    await registry.says(out, division=NEIGHBOUR)
    (there,) = await registry.notices(THIS, 1, division=NEIGHBOUR)
    village = await registry.as_("CUN", NEIGHBOUR, "liaison")
    await village.post(f"/notices/{there['notice_id']}/acknowledge")
    await says(registry, replace(NOT_MET, outcome=vocabulary.VisitOutcome.MOVED_AWAY), stream=uuid4())
    row = await reminder(registry)
    assert (row["state"], row["rung"], row["division"]) == ("OWED", "CUN@village", NEIGHBOUR)
    assert row["tried"] == ["PERSON:no_proof_in_time:2026-03-06"]
    await says(registry, NOT_MET, stream=uuid4(), division=NEIGHBOUR)
    (verified,) = await registry.notices(THIS, 1, state="VERIFIED")
    assert (verified["notice_id"], verified["verified_by"]) == (there["notice_id"], "ReminderNotReached")
    await registry.notices(THIS, 1, agency="CL", division=NEIGHBOUR[:6])


async def test_a_visit_that_an_office_planned_is_told_to_the_village_and_when_missed_to_the_township(registry: Registry) -> None:
    visit = uuid4()
    await says(registry, PLANNED, stream=visit)
    (asked,) = await registry.notices(visit, 1)
    assert (asked["agency"], asked["division"], asked["route"]) == ("CUN", VILLAGE, "visit-planned")
    assert asked["text"] == (
        f"请于2026年3月10日前入户走访本村一名残疾人（走访编号{file_number(visit)}），并登记结果。姓名和住址请登录后查看。"
    )
    village = await registry.as_("CUN", VILLAGE, "liaison")
    await village.post(f"/notices/{asked['notice_id']}/acknowledge")
    await says(registry, PLANNED, MISSED, stream=visit)
    (township,) = await registry.notices(visit, 1, route="visit-missed")
    assert (township["agency"], township["division"]) == ("CL", VILLAGE[:9])
    assert township["chain"] == '["CL:533401+XCZX:533401", "CGW:533401", "ZF:533401", "CGW:5334"]'
    await says(registry, PLANNED, MISSED, replace(TOLD, reminder_id=None), stream=visit)
    (verified,) = await registry.notices(visit, 1, state="VERIFIED")
    assert (verified["notice_id"], verified["verified_by"]) == (asked["notice_id"], "PlannedVisitClosed")
    await registry.notices(visit, 1, route="visit-missed", state="SUPPRESSED")


async def test_a_reminders_visit_and_one_that_the_village_planned_itself_are_told_to_nobody_twice(registry: Registry) -> None:
    for by, missed in (("", []), ("CUN", ["visit-missed"])):
        visit = uuid4()
        await says(registry, replace(PLANNED, planned_by=by), replace(MISSED, planned_by=by), stream=visit)
        found = await registry.sql("SELECT route FROM views.notice WHERE subject_id = $1", visit)
        assert [r["route"] for r in found] == missed


async def test_a_withdrawn_visit_withdraws_what_was_told_of_it_also_where_somebody_had_taken_note(registry: Registry) -> None:
    visit = uuid4()
    gone = visit_plan_events.PlannedVisitWithdrawn(
        person_id=holder(), reminder_id=None, reason=vocabulary.VisitWithdrawal.PLANNED_IN_ERROR, withdrawn_on=date(2026, 3, 13)
    )
    await says(registry, PLANNED, stream=visit)
    (asked,) = await registry.notices(visit, 1)
    village = await registry.as_("CUN", VILLAGE, "liaison")
    await village.post(f"/notices/{asked['notice_id']}/acknowledge")
    await says(registry, PLANNED, MISSED, stream=visit)
    await registry.notices(visit, 1, route="visit-missed")
    await says(registry, PLANNED, MISSED, gone, stream=visit)
    withdrawn = await registry.notices(visit, 2, state="SUPPRESSED")
    assert [(n["route"], n["suppressed_for"]) for n in withdrawn] == [
        ("visit-planned", "NO_LONGER_TRUE"),
        ("visit-missed", "NO_LONGER_TRUE"),
    ]
    assert await registry.sql("SELECT 1 FROM views.due") == []

"""Division of duties (办法 arts 6, 7; joint opinion, part 5): which office, at which level, may do what.

The township pre-checks and forwards; the village posts the notice and helps to apply; the county federation accepts, reviews and issues;
the health bureau schedules and supervises but cannot enter a conclusion; the institution, and only the one ordered, concludes; the
prefecture's federation decides disputes.
"""

from services.certificates.certificate import commands
from services.certificates.offices import (
    COUNTY_FEDERATION,
    HEALTH_BUREAU,
    NEARBY,
    ROUNDS,
    TOWNSHIP_OFFICES,
    VILLAGE_COMMITTEE,
    Offices,
    require_office,
)
from services.domain.actors import Actor
from services.domain.divisions import Level
from services.kernel.errors import Forbidden
from services.kernel.events import Context

DUTIES: dict[type, Offices] = {
    commands.Apply: NEARBY,
    commands.Forward: TOWNSHIP_OFFICES,
    commands.Resubmit: NEARBY,
    commands.Withdraw: NEARBY,
    commands.GiveNotice: (*NEARBY, HEALTH_BUREAU),
    commands.ScheduleVisit: ROUNDS,
    commands.NoteMissed: ROUNDS,
    commands.StartNotice: (VILLAGE_COMMITTEE,),
    commands.CloseNotice: (VILLAGE_COMMITTEE,),
    commands.RaiseObjection: NEARBY,
    commands.Dispute: NEARBY,
    commands.DecideDispute: (("CL", Level.PREFECTURE),),
    commands.ReportLost: NEARBY,
    commands.TellHolder: NEARBY,
}


OFFICES = frozenset(agency for offices in DUTIES.values() for agency, _ in offices)  # by the codes of their agencies
MACHINE = (commands.NoteExpiryApproaching, commands.NoteExpired, commands.NoteHomeOverdue)


def may(command: object, context: Context, institution: str | None, elsewhere: bool) -> None:
    """Raises `Forbidden("not_your_duty")` unless the actor's office does this.

    `institution`: the one the assessment was ordered from; `elsewhere`: the notice hangs in a village of another county (跨省通办),
    for which the county of the hukou records what that county reports.
    """
    actor = Actor.parse(context.actor)
    if actor.is_machine:
        if isinstance(command, (*MACHINE, commands.Propose)):
            return
        raise Forbidden("not_your_duty", "须由人办理，系统不得自行决定")
    if isinstance(command, MACHINE):
        raise Forbidden("not_your_duty", "由系统按日期办理")
    if isinstance(command, commands.CompleteAssessment):
        if institution is not None and actor.agency != institution:
            raise Forbidden("not_your_duty", "评定结论只能由受委托的评定机构录入")
        return
    allowed = DUTIES.get(type(command), (COUNTY_FEDERATION,))
    if elsewhere and isinstance(command, commands.StartNotice | commands.CloseNotice):
        allowed = (COUNTY_FEDERATION,)
    require_office(context, allowed)

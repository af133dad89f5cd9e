"""Division of duties (办法 arts 6, 7; joint opinion, part 5): which office, at which level, may do what.

The township pre-checks and forwards; the village posts the notice and helps to apply; the county federation accepts, reviews and issues;
the health bureau schedules and supervises but cannot enter a conclusion; the institution, and only the one ordered, concludes; the
prefecture's federation decides disputes.
"""

from services.certificates import commands
from services.domain.actors import Actor
from services.domain.agencies import AGENCIES
from services.domain.divisions import WORDS, Level
from services.kernel.errors import Forbidden
from services.kernel.events import Context

Offices = tuple[tuple[str, Level], ...]  # (agency, level)
_COUNTY_CL = ("CL", Level.COUNTY)
_TOWNSHIP = (("CL", Level.TOWNSHIP), ("XZ", Level.TOWNSHIP))
_VILLAGE = ("CUN", Level.VILLAGE)
_HEALTH = ("WJ", Level.COUNTY)
_NEAR = (_COUNTY_CL, *_TOWNSHIP, _VILLAGE)
ROUNDS = (_HEALTH, _COUNTY_CL)  # plan, move, cancel and close rounds of home assessment, and fill them
QUEUE = (("CL", Level.PREFECTURE), _COUNTY_CL, ("CL", Level.TOWNSHIP))  # read what each expiring card costs its holder
DUTIES: dict[type, Offices] = {
    commands.Apply: _NEAR,
    commands.Forward: _TOWNSHIP,
    commands.Resubmit: _NEAR,
    commands.Withdraw: _NEAR,
    commands.GiveNotice: (*_NEAR, _HEALTH),
    commands.ScheduleVisit: ROUNDS,
    commands.NoteMissed: ROUNDS,
    commands.StartNotice: (_VILLAGE,),
    commands.CloseNotice: (_VILLAGE,),
    commands.RaiseObjection: _NEAR,
    commands.Dispute: _NEAR,
    commands.DecideDispute: (("CL", Level.PREFECTURE),),
    commands.ReportLost: _NEAR,
    commands.TellHolder: _NEAR,
}
_WINDOW = (_COUNTY_CL, *_TOWNSHIP)
# What is printed, by the form's name, and the other doors of the window: no commands, the same offices.
AT_THE_WINDOW: dict[str, Offices] = {
    "acceptance-receipt": _WINDOW,
    "correction-notice": _WINDOW,
    "refusal-notice": _WINDOW,
    "public-notice": (_COUNTY_CL, _VILLAGE),
    "renewal-reminder": _NEAR,
    "own-copy": _WINDOW,
    "round-list": ROUNDS,
    "contact": _NEAR,
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
    allowed = DUTIES.get(type(command), (_COUNTY_CL,))
    if elsewhere and isinstance(command, commands.StartNotice | commands.CloseNotice):
        allowed = (_COUNTY_CL,)
    require_office(context, allowed)


def at_the_window(what: str, context: Context) -> None:
    """Raises `Forbidden("not_your_duty")` unless the actor's office prints or does this (`AT_THE_WINDOW`)."""
    require_office(context, AT_THE_WINDOW[what])


def require_office(context: Context, allowed: Offices) -> None:
    """Raises `Forbidden("not_your_duty")` unless the actor's office is one of these (agency and level)."""
    actor = Actor.parse(context.actor)
    if (actor.agency, actor.level) not in allowed:
        called = ((level, code, AGENCIES.called(code, context.today)) for code, level in allowed)
        offices = "、".join(name if code == "CUN" else WORDS[level] + name for level, code, name in called)
        raise Forbidden("not_your_duty", f"此事由{offices}办理")

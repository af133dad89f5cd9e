"""Offices of the register as policy and endpoints name them: levels, agencies, who acts at the window and for which stage."""

from services.domain.actors import Actor
from services.domain.agencies import AGENCIES
from services.domain.divisions import WORDS, Level
from services.kernel.errors import Forbidden
from services.kernel.events import Context

PURPOSES = {
    "EXPIRY_REMINDER": "到期提醒",
    "CERTIFICATE_SERVICE": "办证服务",
    "HOME_VISIT": "入户走访",
    "CASE_WORK": "帮扶工作",
    "DISCREPANCY_CHECK": "数据核对",
    "SUBSIDY_REVIEW": "补贴审核",
    "CERTIFICATE_ISSUE": "生成证号",
    "OWN_COPY": "本人查阅",
    "REGISTRATION": "登记时查重",
    "ROSTER_EXPORT": "名册导出",
}


Offices = tuple[tuple[str, Level], ...]  # (agency, level)
PREFECTURE_FEDERATION = ("CL", Level.PREFECTURE)
COUNTY_FEDERATION = ("CL", Level.COUNTY)
TOWNSHIP_FEDERATION = ("CL", Level.TOWNSHIP)
TOWNSHIP_OFFICES = (TOWNSHIP_FEDERATION, ("XZ", Level.TOWNSHIP))
VILLAGE_COMMITTEE = ("CUN", Level.VILLAGE)
HEALTH_BUREAU = ("WJ", Level.COUNTY)
NEARBY = (COUNTY_FEDERATION, *TOWNSHIP_OFFICES, VILLAGE_COMMITTEE)
ROUNDS = (HEALTH_BUREAU, COUNTY_FEDERATION)  # plan, move, cancel and close rounds of home assessment, and fill them
QUEUE = (PREFECTURE_FEDERATION, COUNTY_FEDERATION, TOWNSHIP_FEDERATION)  # read what each expiring card costs its holder
ASKING = (COUNTY_FEDERATION, TOWNSHIP_FEDERATION, VILLAGE_COMMITTEE)  # ask whoever could have a certificate and has none


_WINDOW = (COUNTY_FEDERATION, *TOWNSHIP_OFFICES)
# What is printed, by the form's name, and the other endpoints of the window: no commands, the same offices.
AT_THE_WINDOW: dict[str, Offices] = {
    "acceptance-receipt": _WINDOW,
    "correction-notice": _WINDOW,
    "refusal-notice": _WINDOW,
    "public-notice": (COUNTY_FEDERATION, VILLAGE_COMMITTEE),
    "renewal-reminder": NEARBY,
    "own-copy": _WINDOW,
    "round-list": ROUNDS,
    "contact": NEARBY,
}


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

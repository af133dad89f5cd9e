"""Errors around the list of 监测对象: risks that it does not have, helps that it does not show, needs that nobody meets."""

from deploy.sandbox.county.health import MEASURES
from deploy.sandbox.county.injections.cast import Cast, Injected
from deploy.sandbox.county.world import Person


def _watched(person: Person) -> bool:
    return person.home.monitored is not None


def _going_on(person: Person) -> bool:
    return person.home.monitored is not None and not person.home.monitored.eliminated


def needs(cast: Cast) -> None:
    """C8, each indicator on its own."""

    def poor(person: Person) -> bool:
        return _watched(person) and person.home.formerly_poor

    for person, span in cast.choose("BASIC_NEED_GAP", lambda person: poor(person) and cast.aged(person, 6, 14)):
        cast.drop(person, "SCHOOL_ROLL", span.months)
    for person, span in cast.choose("BASIC_NEED_GAP", poor):
        cast.drop(person, "MEDICAL_INSURANCE", span.months)
    for person, span in cast.choose("BASIC_NEED_GAP", lambda person: poor(person) and person.home.members[0] is person):
        cast.change(person, "HOUSE_SAFETY", span.months, grade="D", renovation="无", renovation_year=None)
    for person, _ in cast.choose("BASIC_NEED_GAP", poor):
        person.home.water_safe = False


def monitored(cast: Cast) -> None:
    """A case that is not on the list; a risk gone without a measure; one from a disability that no card shows; a split household."""
    for person, span in cast.choose("RISK_NOT_MONITORED", lambda person: person.home.case_since is not None):
        for member in person.home.members:
            cast.drop(member, "MONITORED_HOUSEHOLDS", span.months)
    for person, span in cast.choose("ELIMINATED_WITHOUT_MEASURE", lambda person: _watched(person) and not _going_on(person)):
        cast.injected[-1] = Injected("ELIMINATED_WITHOUT_MEASURE", f"JC{person.home.number:06d}")
        person.home.measures.clear()
        for member in person.home.members:
            cast.change(member, "MONITORED_HOUSEHOLDS", span.months, **dict.fromkeys(MEASURES, False))
    for person, span in cast.choose("DISABILITY_RISK_NO_CARD", lambda person: _going_on(person) and len(person.home.members) > 1):
        other = next(member for member in person.home.members if not member.registered)
        cast.injected[-1] = Injected("DISABILITY_RISK_NO_CARD", other.citizen_id)
        cast.change(other, "MONITORED_HOUSEHOLDS", span.months, risk_1="因残")
    for person, span in cast.choose("HOUSEHOLD_SPLIT", lambda person: _watched(person) and _three_on_dibao(person)):
        home = person.home
        other = next(member for member in reversed(home.members) if not member.registered)
        cast.injected[-1] = Injected("HOUSEHOLD_SPLIT", f"JC{home.number:06d}")
        alone = {
            "household_no": f"DB9{home.number:05d}",
            "head_id": other.citizen_id,
            "relation": "户主",
            "persons": 1,
            "amount": 430,
        }
        for member in home.members:
            cast.change(member, "SUBSISTENCE_ALLOWANCE", span.months, persons=len(home.members) - 1)
        cast.change(other, "SUBSISTENCE_ALLOWANCE", span.months, **alone)


def _three_on_dibao(person: Person) -> bool:
    home = person.home
    return bool(home.dibao_since) and len(home.members) > 2 and not all(member.registered for member in home.members[1:])


def measures(cast: Cast) -> None:
    """A planned measure whose day has passed."""

    def helped(person: Person) -> bool:
        """Monitoring plans measures in a case only, and whoever has a case and is not on the list is another error."""
        return _watched(person) and bool(person.home.measures) and next(m for m in person.home.members if m.cards) is person

    for person, span in cast.choose("MEASURE_LATE", helped):
        cast.injected[-1] = Injected("MEASURE_LATE", str(person.home.number))
        delivered = None if span.mended is None else cast.day(span.mended, 12)
        measure, owner = cast.rng.choice((("M17", "ZJ"), ("M19", "CL")))
        person.home.measures.append((measure, owner, cast.day(span.first - 1, 20), delivered))

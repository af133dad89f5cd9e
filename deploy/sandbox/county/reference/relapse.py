"""C2, C8, C9: the list of 监测对象 and what monitoring knows (domain reference, 3 and 5.2)."""

from collections import defaultdict
from collections.abc import Iterator

from deploy.sandbox.county.health import MEASURES
from deploy.sandbox.county.rates import CARE, LIVING
from deploy.sandbox.county.reference import health, houses, school
from deploy.sandbox.county.reference.rules import Found, Period, rule
from deploy.sandbox.county.reference.subsidies import entitled
from deploy.sandbox.county.reference.view import View
from services.domain.working_days import CALENDAR, Calendar

_WAIT, working_days = 10, Calendar(CALENDAR)


@rule("RISK_NOT_MONITORED", "RISK_SIGNAL", "XCZX", Period.MONTH, "MONITORED_HOUSEHOLDS")
def risk_not_monitored(view: View) -> Iterator[Found]:
    """Monitoring has an open case of the household on the day, and a holder of it is not on the list."""
    for home, members in view.households():
        if home.case_since and home.case_since <= view.day:
            for person in members:
                if person.citizen_id in view.holder_ids and view.absent("MONITORED_HOUSEHOLDS", person):
                    yield Found(person.citizen_id, "M01")


@rule("DISABILITY_RISK_NO_CARD", "NOT_IN_COUNTERPART", "CL", Period.MONTH, "register")
def disability_risk_no_card(view: View) -> Iterator[Found]:
    """因残 stands at somebody whose risk is not gone and who has no valid card."""
    for row in view.rows("MONITORED_HOUSEHOLDS"):
        risks = {row[f"risk_{place}"] for place in range(1, 6)}
        if "因残" in risks and not row["eliminated"] and row["citizen_id"] not in view.holder_ids:
            kind = "person" if row["citizen_id"] in view.register.by_id else "row"
            yield Found(row["citizen_id"], "M02", subject_kind=kind)


@rule("SEVERE_RISK_NO_SUBSIDY", "ENTITLED_NOT_RECEIVING", "MZ", Period.MONTH, "SUBSIDY_PAYMENT")
def severe_risk_no_subsidy(view: View) -> Iterator[Found]:
    """Grade 1 or 2, the household's risk is not gone, entitled to a subsidy for the month and paid neither."""
    for person, card in view.holders:
        rows = view.on("MONITORED_HOUSEHOLDS", person.citizen_id)
        if card.grade <= 2 and any(not row["eliminated"] for row in rows):
            neither = all(view.unpaid(person, subsidy) for subsidy in (LIVING, CARE))
            if neither and any(entitled(view, person, card, subsidy) for subsidy in (LIVING, CARE)):
                yield Found(person.citizen_id, "SUBSIDY")


@rule("ELIMINATED_WITHOUT_MEASURE", "DELIVERY_OVERDUE", "XCZX", Period.MONTH, "MONITORED_HOUSEHOLDS")
def eliminated_without_measure(view: View) -> Iterator[Found]:
    """A holder's household whose risk is said to be gone: no measure on the list, none delivered as far as monitoring knows. About the
    household, by its number on the list."""
    unhelped = set()
    for person, _ in view.holders:
        for row in view.on("MONITORED_HOUSEHOLDS", person.citizen_id):
            if row["eliminated"] and not any(row[name] for name in MEASURES):
                delivered = any(done and done <= view.day for *_, done in person.home.measures)
                unhelped |= set() if delivered else {row["household_no"]}
    return (Found(number, "MEASURE", subject_kind="household") for number in unhelped)


@rule("HOUSEHOLD_SPLIT", "INFO_MISMATCH", "XCZX", Period.MONTH, "SUBSISTENCE_ALLOWANCE")
def household_split(view: View) -> Iterator[Found]:
    """Two members of one monitored household stand in two 低保 households. About the household, by its number on the monitored list."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for row in view.rows("MONITORED_HOUSEHOLDS"):
        numbers[row["household_no"]] |= {each["household_no"] for each in view.on("SUBSISTENCE_ALLOWANCE", row["citizen_id"])}
    return (Found(number, "HOUSEHOLD", subject_kind="household") for number, found in numbers.items() if len(found) > 1)


@rule("BASIC_NEED_GAP", "RISK_SIGNAL", "", Period.MONTH, "the indicator's list")
def basic_need_gap(view: View) -> Iterator[Found]:
    """C8: a holder in a 脱贫户 on the list: not in school (6–15), not insured, an unsafe house with nothing done; water by the
    newest visit (food and clothes no list and no visit tells). The owner is that of the indicator."""
    needs = {
        ("SCHOOL", "JT"): {found.subject for found in school.school_age_not_enrolled(view)},
        ("MEDICAL", "YB"): {found.subject for found in health.medical_uninsured(view)},
        ("HOUSE", "ZJ"): {found.subject for found in houses.unsafe_home(view)},
    }
    for person, _ in view.holders:
        if any(row["household_kind"] == "脱贫户" for row in view.on("MONITORED_HOUSEHOLDS", person.citizen_id)):
            yield from (Found(person.citizen_id, need, owner) for (need, owner), ids in needs.items() if person.citizen_id in ids)
            if not person.home.water_safe:
                yield Found(person.citizen_id, "WATER", "XCZX")


@rule("MEASURE_LATE", "DELIVERY_OVERDUE", "", Period.DAY, "monitoring")
def measure_late(view: View) -> Iterator[Found]:
    """C9: a planned measure is not delivered more than ten working days after its day. The owner is that of the measure; about the
    household, by its number in monitoring."""
    for home, _ in view.households():
        for measure, owner, due, delivered in home.measures:
            if working_days.add(due, _WAIT) < view.day and (delivered is None or delivered > view.day):
                yield Found(str(home.number), measure, owner, "household")

"""C4: holders against the school roll. School age is that of 1 September of the school year: 6 to 15 completed years."""

from collections.abc import Iterator

from deploy.sandbox.county.reference.rules import Found, Period, rule
from deploy.sandbox.county.reference.view import View
from deploy.sandbox.county.world import Person, age, school_year

_ABOVE = ("高中", "中职", "大专以上")


def _of_school_age(view: View) -> Iterator[Person]:
    september = school_year(view.day)
    return (person for person, _ in view.holders if 6 <= age(person.born, september) <= 15)


@rule("SCHOOL_AGE_NOT_ENROLLED", "ENTITLED_NOT_RECEIVING", "JT", Period.DAY, "SCHOOL_ROLL")
def school_age_not_enrolled(view: View) -> Iterator[Found]:
    """Of school age and on no roll."""
    return (Found(person.citizen_id, "M08") for person in _of_school_age(view) if view.absent("SCHOOL_ROLL", person))


@rule("DROPPED_OUT", "RISK_SIGNAL", "JT", Period.DAY, "SCHOOL_ROLL")
def dropped_out(view: View) -> Iterator[Found]:
    """Of school age and 辍学."""
    for person in _of_school_age(view):
        if any(row["status"] == "辍学" for row in view.on("SCHOOL_ROLL", person.citizen_id)):
            yield Found(person.citizen_id, "M08")


@rule("PLACEMENT_UNKNOWN", "DELIVERY_OVERDUE", "JT", Period.DAY, "SCHOOL_ROLL")
def placement_unknown(view: View) -> Iterator[Found]:
    """Of school age, 在读, and the roll does not say how: 待安置 or nothing."""
    for person in _of_school_age(view):
        rows = view.on("SCHOOL_ROLL", person.citizen_id)
        if any(row["status"] == "在读" and row["placement"] in ("", "待安置") for row in rows):
            yield Found(person.citizen_id, "M08")


@rule("HOME_TEACHING_MISSING", "DELIVERY_OVERDUE", "JT", Period.DAY, "SCHOOL_ROLL")
def home_teaching_missing(view: View) -> Iterator[Found]:
    """A holder is to be taught at home, and no lesson is recorded."""
    for person, _ in view.holders:
        if any(
            row["placement"] == "送教上门" and not row["home_teaching_records"] for row in view.on("SCHOOL_ROLL", person.citizen_id)
        ):
            yield Found(person.citizen_id, "M08")


@rule("PRESCHOOL_GAP", "ENTITLED_NOT_RECEIVING", "JT", Period.DAY, "SCHOOL_ROLL")
def preschool_gap(view: View) -> Iterator[Found]:
    """3 to 5 completed years on the day of the roll, wants a place, and is on no roll."""
    for person, _ in view.holders:
        asked = any(row["wants_preschool"] for row in view.on("NEEDS_SURVEY", person.citizen_id))
        if asked and 3 <= age(person.born, view.day) <= 5 and view.absent("SCHOOL_ROLL", person):
            yield Found(person.citizen_id, "M08")


@rule("STUDENT_AID_GAP", "ENTITLED_NOT_RECEIVING", "JT", Period.DAY, "SCHOOL_ROLL")
def student_aid_gap(view: View) -> Iterator[Found]:
    """A holder 在读 above compulsory school, without aid."""
    for person, _ in view.holders:
        rows = view.on("SCHOOL_ROLL", person.citizen_id)
        if any(row["stage"] in _ABOVE and row["status"] == "在读" and not row["aided"] for row in rows):
            yield Found(person.citizen_id, "M08")


@rule("GRADUATE_NO_JOB", "ENTITLED_NOT_RECEIVING", "RS", Period.DAY, "EMPLOYMENT")
def graduate_no_job(view: View) -> Iterator[Found]:
    """The roll (it keeps graduates for two years) shows that a holder left a vocational school or college, and he has no job on the list."""
    for person, _ in view.holders:
        rows = view.on("SCHOOL_ROLL", person.citizen_id)
        graduate = any(row["stage"] in _ABOVE[1:] and row["status"] == "毕业" for row in rows)
        if graduate and view.absent("EMPLOYMENT", person):
            yield Found(person.citizen_id, "M12")


@rule("PUPIL_WITHOUT_CARD", "NOT_IN_COUNTERPART", "CL", Period.DAY, "register")
def pupil_without_card(view: View) -> Iterator[Found]:
    """The roll marks a disability, and the register has never known a card of that id. A card is voluntary: for outreach alone."""
    for row in view.rows("SCHOOL_ROLL"):
        known = view.register.by_id.get(row["citizen_id"])
        if row["marked_disabled"] and not (known and view.register.cards(known)):
            yield Found(row["citizen_id"], "M02", subject_kind="person" if known else "row")

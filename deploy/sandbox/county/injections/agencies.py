"""Errors in the lists of 人社, 教体, 医保, 住建: somebody is missing, or a value is not what it should be."""

from datetime import timedelta

from deploy.sandbox.county.injections.cast import Cast
from deploy.sandbox.county.lists import row_of
from deploy.sandbox.county.world import Person
from services.domain.months import add_months

_RESIDENT = {"scheme": "居民", "status": "缴费"}


def pensions(cast: Cast) -> None:
    """Not insured, not helped, insured twice, still paying at sixty."""

    def pays(person: Person) -> bool:
        return cast.aged(person, 18, 58) and cast.listed(person, "PENSION_INSURANCE", **_RESIDENT)

    for person, span in cast.choose("PENSION_UNINSURED", pays):
        if person.number % 2:
            cast.drop(person, "PENSION_INSURANCE", span.months)
        else:
            cast.change(person, "PENSION_INSURANCE", span.months, status="未参保", level=None, paid_by_government=False)
    for person, span in cast.choose("PENSION_PREMIUM_NOT_AIDED", lambda person: person.severe and pays(person)):
        cast.change(person, "PENSION_INSURANCE", span.months, paid_by_government=False)
    for person, span in cast.choose("PENSION_TWO_SCHEMES", pays):
        for month in span.months:
            sheet = cast.county.sheet(month, "PENSION_INSURANCE")
            sheet.add(sheet.of(person)[0] | {"scheme": "职工", "level": None, "paid_by_government": False})
    for person, span in cast.choose("PENSION_NOT_STARTED", lambda person: cast.aged(person, 61, 120) and person.scheme == "居民"):
        cast.change(
            person, "PENSION_INSURANCE", span.months, status="缴费", monthly_pension=None, level=200, paid_by_government=True
        )


def jobs(cast: Cast) -> None:
    """Who wants work has none or lost it, who wants a course had none, a graduate has no job, a course was taken twice."""
    for person, span in cast.choose(
        "WORK_WANTED_NO_JOB", lambda person: "wants_work" in person.wants and cast.aged(person, 18, 58)
    ):
        for sheet in cast.county.everywhere("EMPLOYMENT", span.months):
            if person.number % 2:
                sheet.drop(person)
            else:
                sheet.change(person, until=sheet.as_of - timedelta(days=12))
    for person, span in cast.choose(
        "TRAINING_WANTED_NONE", lambda person: "wants_training" in person.wants and cast.aged(person, 18, 58)
    ):
        cast.drop(person, "TRAINING", span.months)
    for person, span in cast.choose("GRADUATE_NO_JOB", lambda person: person.graduated):
        cast.drop(person, "EMPLOYMENT", span.months)
    untaught = [person for person in cast.world.persons if person.number % 17 == 0]
    for person, span in cast.choose(
        "TRAINED_TWICE", lambda person: cast.aged(person, 18, 58) and not person.wants and person not in untaught
    ):
        for month in span.months:
            for agency, begins in (("RS", add_months(cast.world.first, -5)), ("CL", cast.world.first - timedelta(days=40))):
                row = row_of(person, course="中式烹调", field="餐饮服务", started_on=begins, ended_on=begins + timedelta(days=6))
                cast.county.sheets[month]["TRAINING", agency].add(row)


def schools(cast: Cast) -> None:
    """Pupils on no roll, dropped out, without a placement, never taught at home, without aid; no preschool; marked without a card."""

    def pupil(person: Person) -> bool:
        return cast.aged(person, 6, 14) and not person.orphan and not person.home.formerly_poor

    for person, span in cast.choose("SCHOOL_AGE_NOT_ENROLLED", pupil):
        cast.drop(person, "SCHOOL_ROLL", span.months)
    for person, span in cast.choose("DROPPED_OUT", pupil):
        cast.change(person, "SCHOOL_ROLL", span.months, status="辍学")
    for person, span in cast.choose("PLACEMENT_UNKNOWN", pupil):
        cast.change(person, "SCHOOL_ROLL", span.months, placement=("待安置", "")[person.number % 2], home_teaching_records=None)
    for person, span in cast.choose("HOME_TEACHING_MISSING", pupil):
        cast.change(person, "SCHOOL_ROLL", span.months, placement="送教上门", home_teaching_records=(0, None)[person.number % 2])
    for person, span in cast.choose(
        "PRESCHOOL_GAP", lambda person: "wants_preschool" in person.wants and cast.listed(person, "SCHOOL_ROLL")
    ):
        cast.drop(person, "SCHOOL_ROLL", span.months)
    for person, span in cast.choose("STUDENT_AID_GAP", lambda person: bool(person.stage) and not person.graduated):
        cast.change(person, "SCHOOL_ROLL", span.months, aided=False)
    for person, span in cast.choose("PUPIL_WITHOUT_CARD", lambda person: cast.aged(person, 7, 14), holder=False):
        cast.change(person, "SCHOOL_ROLL", span.months, marked_disabled=True)


def insurance(cast: Cast) -> None:
    """Not insured, not helped, helped as less than he is, insured in two places; a bill that ruins."""
    for person, span in cast.choose("MEDICAL_UNINSURED", lambda person: not person.home.formerly_poor):
        if person.number % 2:
            cast.drop(person, "MEDICAL_INSURANCE", span.months)
        else:
            unpaid = {"premium": None, "own_payment": None, "aid_amount": None, "aid_by": ""}
            cast.change(person, "MEDICAL_INSURANCE", span.months, status="未参保", **unpaid)

    def helped(person: Person) -> bool:
        return person.severe or bool(person.destitute) or bool(person.home.dibao_since)

    for person, span in cast.choose("PREMIUM_NOT_AIDED", helped):
        cast.change(person, "MEDICAL_INSURANCE", span.months, status="已参保", own_payment=400, aid_amount=None, aid_by="")
    for person, span in cast.choose("AID_CATEGORY_STALE", helped):
        less = "重残" if person.severe and (person.destitute or person.home.dibao_since) else ""
        cast.change(person, "MEDICAL_INSURANCE", span.months, aid_category=less)
    for person, span in cast.choose("INSURED_TWICE", lambda person: True):
        for month in span.months:
            sheet = cast.county.sheet(month, "MEDICAL_INSURANCE")
            sheet.add(sheet.of(person)[0] | {"insured_at": "大理市"})
    for person, span in cast.choose("LARGE_OWN_COST", lambda person: True):
        cast.county.sheet(span.first, "MEDICAL_AID").add(row_of(person, total_cost=148_000, reimbursed=82_000, own_cost=66_000))


def houses(cast: Cast) -> None:
    """An unsafe house with nothing done, a renovation that forgets the ramp, none planned for somebody severe and poor."""

    def head(person: Person) -> bool:
        return person.home.members[0] is person

    def builds(person: Person) -> bool:
        return "wants_accessibility" in person.wants and person.home.renovation in ("计划", "在建")

    def poor(person: Person) -> bool:
        return "wants_accessibility" in person.wants and person.severe and bool(person.home.dibao_since) and person.home.rural

    for person, span in cast.choose("SEVERE_WITHOUT_ACCESSIBILITY", poor):
        undone = {"grade": "B", "renovation": "无", "renovation_year": None, "accessibility": False}
        cast.change(person, "HOUSE_SAFETY", span.months, **undone)
    for person, span in cast.choose("ACCESSIBILITY_UNPLANNED", builds):
        cast.change(person, "HOUSE_SAFETY", span.months, accessibility=False)
    for person, span in cast.choose(
        "UNSAFE_HOME", lambda person: head(person) and not person.wants and not person.home.formerly_poor
    ):
        cast.change(person, "HOUSE_SAFETY", span.months, grade="CD"[person.number % 2], renovation="无", renovation_year=None)

"""Measures that somebody has coming and is on no list of, and those of which one fact is missing: no list tells it."""

from deploy.sandbox.county import health
from deploy.sandbox.county.injections.cast import Cast
from deploy.sandbox.county.lists import row_of
from deploy.sandbox.county.world import Monitored, Person


def _plain(person: Person) -> bool:
    """Of a household that no list of those with little has."""
    home = person.home
    return not (home.dibao_since or home.margin or home.monitored or person.destitute)


def homes(cast: Cast) -> None:
    """An unsafe house in a town and no public rental, on 低保 or not; a ramp that somebody severe wants, of whose income nobody knows."""

    def in_town(person: Person) -> bool:
        return person.home.members[0] is person and not person.home.rural and not person.wants and not person.home.formerly_poor

    def left_waiting(rule: str, dibao: bool) -> None:
        for person, span in cast.choose(
            rule, lambda person: in_town(person) and (bool(person.home.dibao_since) if dibao else _plain(person))
        ):
            cast.change(person, "HOUSE_SAFETY", span.months, grade="CD"[person.number % 2], renovation="无", renovation_year=None)
            if person.number % 2:
                cast.drop(person, "PUBLIC_RENTAL", span.months)
            else:
                cast.change(person, "PUBLIC_RENTAL", span.months, state="退出")

    left_waiting("PUBLIC_RENTAL_NOT_GIVEN", dibao=True)
    left_waiting("PUBLIC_RENTAL_UNCLEAR", dibao=False)

    def unasked(person: Person) -> bool:
        home = person.home
        return (
            person.severe
            and home.members[0] is person
            and home.rural
            and home.renovation == "无"
            and not person.wants
            and _plain(person)
        )

    for person, span in cast.choose("ACCESSIBILITY_UNCLEAR", unasked):
        cast.change(person, "NEEDS_SURVEY", span.months, wants_accessibility=True)


def training(cast: Cast) -> None:
    """Who wants to learn massage had no training, or one of which nobody says what it was; who wants work, and nobody says whether he can."""

    def masseur(person: Person) -> bool:
        return "wants_massage" in person.wants and cast.aged(person, 18, 58)

    for person, span in cast.choose("MASSAGE_TRAINING_NONE", masseur):
        cast.drop(person, "TRAINING", span.months)
    for person, span in cast.choose("MASSAGE_TRAINING_UNCLEAR", masseur):
        cast.change(person, "TRAINING", span.months, field="")
    for person, span in cast.choose(
        "WORK_ABILITY_UNCLEAR", lambda person: "wants_work" in person.wants and cast.aged(person, 18, 58)
    ):
        cast.change(person, "NEEDS_SURVEY", span.months, able_to_work=None)
        cast.drop(person, "EMPLOYMENT", span.months)


def allowances(cast: Cast) -> None:
    """On the list of the margin and not on 低保 alone; monitored, on neither, and nobody knows the income."""

    def single(person: Person) -> bool:
        return person.single_allowance and _plain(person) and not person.wants and not person.orphan and not person.allowance

    for person, span in cast.choose("SINGLE_ALLOWANCE_NOT_RECEIVED", single):
        for month in span.months:
            row = row_of(
                person,
                household_no=f"BY{person.home.number:06d}",
                head_id=person.home.members[0].citizen_id,
                relation=person.relation,
            )
            cast.county.sheet(month, "LOW_INCOME_MARGIN").add(row)
        cast.change(person, "MEDICAL_INSURANCE", span.months, aid_category="低保边缘")
    for person, span in cast.choose("SINGLE_ALLOWANCE_UNCLEAR", single):
        person.home.monitored = Monitored("边缘易致贫户", cast.world.months[0], ("缺劳动力",), None)
        for month in span.months:
            for row in health.watched(person.home, cast.world.months[month]):
                cast.county.sheet(month, "MONITORED_HOUSEHOLDS").add(row)


def doctors(cast: Cast) -> None:
    """No contract with a doctor, or one that has ended."""
    for person, span in cast.choose("DOCTOR_NOT_SIGNED", lambda person: cast.listed(person, "FAMILY_DOCTOR")):
        for sheet in cast.county.everywhere("FAMILY_DOCTOR", span.months):
            if person.number % 2:
                sheet.drop(person)
            else:
                sheet.change(person, until=sheet.as_of.replace(year=sheet.as_of.year - 1, day=1))

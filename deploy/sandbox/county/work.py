"""The clean lists of 人社, 教体 and 残联: pensions, jobs, courses, schools, and what the yearly survey heard."""

from datetime import date, timedelta

from deploy.sandbox.county.life import as_of
from deploy.sandbox.county.lists import Row, row_of
from deploy.sandbox.county.world import Person, World, age, card_on, school_year
from services.domain.months import add_months, month_of

WANTS = (
    "wants_work",
    "wants_training",
    "wants_massage",
    "wants_rehabilitation",
    "wants_aids",
    "wants_accessibility",
    "wants_care",
    "wants_preschool",
    "able_to_work",
)
_COURSES = (("种植技术", "种植养殖"), ("手工编织", "手工制作"), ("电子商务", "电子商务"), ("牲畜养殖", "种植养殖"))
_MASSAGE = (("盲人按摩初级班", "盲人按摩"), ("盲人按摩中级班", "盲人按摩"))


def stage(person: Person, day: date) -> str:
    """The stage of school on a day; "" for nobody's pupil."""
    if person.stage:
        return person.stage
    years = age(person.born, school_year(day))
    if "wants_preschool" in person.wants and years < 6:
        return "学前" if age(person.born, day) >= 3 else ""
    if 3 <= years < 6:
        return "学前" if person.number % 10 else ""
    if 6 <= years < 18:
        return "小学" if years < 12 else "初中" if years < 15 else ("高中", "中职")[person.number % 2]
    return "大专以上" if 18 <= years < 22 and person.number % 5 == 0 and not person.cards else ""


def school_roll(world: World, month: str) -> list[Row]:
    """学籍: everybody of school age, older pupils, and who left a vocational school or college of late."""
    day, rows = as_of(month), []
    for person in world.persons:
        if person.there_on(day) and (at := stage(person, day)):
            holder = card_on(person.cards, day) is not None
            taught_at_home = holder and person.placement == "送教上门"
            rows.append(
                row_of(
                    person,
                    stage=at,
                    grade_class=f"{1 + person.number % 3}年级{1 + person.number % 4}班",
                    school=f"{person.home.township}{'幼儿园' if at == '学前' else '学校'}",
                    status="毕业" if person.graduated else "在读",
                    placement=person.placement if holder else "",
                    marked_disabled=holder,
                    aided=holder or person.number % 3 == 0,
                    home_teaching_records=8 if taught_at_home else None,
                )
            )
    return rows


def pensions(world: World, month: str) -> list[Row]:
    """养老保险: whoever is sixteen and no pupil; who becomes sixty is paid from the month after."""
    day, rows = as_of(month), []
    for person in world.persons:
        if age(person.born, day) < 16 or not person.there_on(day) or (stage(person, day) and not person.graduated):
            continue
        drawing = month > month_of(add_months(person.born, 60 * 12))
        card = card_on(person.cards, day)
        helped = bool(card and card.grade <= 2) or bool(person.destitute) or person.home.on_dibao(month)
        own = person.scheme == "职工"
        rows.append(
            row_of(
                person,
                scheme=person.scheme,
                year=day.year,
                level=None if own else 200,
                status="领取" if drawing else "缴费",
                paid_by_government=not own and not drawing and helped,
                monthly_pension=(2600 if own else 138) if drawing else None,
            )
        )
    return rows


def employment(world: World, month: str) -> list[Row]:
    """Jobs and posts: everybody who wants and can work, graduates, and some others."""
    day, rows = as_of(month), []
    for person in world.persons:
        if not 18 <= age(person.born, day) < 60 or not person.there_on(day):
            continue
        if "wants_work" in person.wants or person.graduated or (person.number % 6 == 0 and not stage(person, day)):
            kind = ("务工", "公益性岗位", "经营", "辅助性")[person.number % 4]
            since = date(day.year - 1, 1 + person.number % 12, 5)
            rows.append(row_of(person, kind=kind, place=person.home.township, since=since, until=None, monthly_income=1500))
    return rows


def training(world: World, month: str, agency: str) -> list[Row]:
    """Courses since a year before the county began: a person goes to one of them every ten months, never to the same one soon."""
    day, rows = as_of(month), []
    for person in world.persons:
        massage = "wants_massage" in person.wants
        asked = massage or "wants_training" in person.wants or (bool(person.cards) and person.number % 17 == 0)
        grown = 18 <= age(person.born, day) < 60
        if asked and grown and person.there_on(day) and ("RS", "CL")[person.number % 2] == agency:
            begins, turn = add_months(world.first, -4) + timedelta(days=person.number % 25), 0
            while begins <= day:
                ended = begins + timedelta(days=6)
                courses = _MASSAGE if massage else _COURSES
                course, field = courses[turn % len(courses)]
                rows.append(row_of(person, course=course, field=field, started_on=begins, ended_on=ended))
                begins, turn = add_months(begins, 10), turn + 1
    return rows


def injury_care(world: World, month: str) -> list[Row]:
    """工伤保险生活护理费."""
    there = (person for person in world.persons if person.injury_care and person.there_in(month))
    return [row_of(person, since="2022-09", amount=person.injury_care) for person in there]


def survey(world: World, month: str) -> list[Row]:
    """What every holder answered in the yearly survey; severe ones all need long-term care."""
    day, rows = as_of(month), []
    for person in world.persons:
        card = card_on(person.cards, day)
        if card and person.there_on(day):
            answers = {want: want in person.wants for want in WANTS}
            rows.append(row_of(person, year=day.year, **answers, long_term_care=card.grade <= 2, has_business=False))
    return rows

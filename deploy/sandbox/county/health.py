"""The clean lists of 医保, 卫健, 住建 and 乡村振兴: insurance and bills, assessments, doctors, houses, monitored households."""

import random
from datetime import date, timedelta

from deploy.sandbox.county.life import as_of
from deploy.sandbox.county.lists import Row, row_of
from deploy.sandbox.county.world import ASSESSED_SINCE, CATEGORIES, GRADES, Household, Person, World, card_on

MEASURES = ("help_allowance", "help_destitute", "help_education", "help_health", "help_house", "help_water", "help_job")
_PREMIUM = 400
_AID = {"特困": 400, "低保": 220, "低保边缘": 150, "重残": 180}
ASSESSED_BEFORE_ISSUE = timedelta(days=20)


def category(person: Person, month: str, day: date) -> str:
    """As whom 医保 helps the person: by the first of these that holds."""
    if person.destitute:
        return "特困"
    if person.home.on_dibao(month):
        return "低保"
    if person.home.margin:
        return "低保边缘"
    card = card_on(person.cards, day)
    return "重残" if card and card.grade <= 2 else ""


def insurance(world: World, month: str) -> list[Row]:
    """医保参保: everybody, with help for whom it is due."""
    day, rows = as_of(month), []
    for person in world.persons:
        if person.there_on(day):
            helped = category(person, month, day)
            aid = _AID.get(helped, 0)
            rows.append(
                row_of(
                    person,
                    year=day.year,
                    status="代缴" if aid == _PREMIUM else "已参保",
                    premium=_PREMIUM,
                    aid_category=helped,
                    own_payment=_PREMIUM - aid,
                    aid_amount=aid or None,
                    aid_by="医疗保障局" if aid else "",
                    insured_at="香格里拉市",
                )
            )
    return rows


def bills(world: World, month: str) -> list[Row]:
    """医疗费用: the same number each month, of those that nobody has to worry about."""
    rng = random.Random(f"{world.seed}/bills/{month}")
    persons = [person for person in world.persons if person.there_in(month)]
    rows = []
    for person in rng.sample(persons, max(8, len(persons) // 60)):
        total = rng.randrange(600, 2400)
        rows.append(row_of(person, total_cost=total, reimbursed=total * 3 // 5, own_cost=total - total * 3 // 5))
    return rows


def assessments(world: World, month: str) -> list[Row]:
    """评定结果 since the list begins: before each card, and of others who do not meet the standard."""
    day, rows = as_of(month), []
    for person in world.persons:
        found = [
            (card.issued_on - ASSESSED_BEFORE_ISSUE, card.category, card.grade)
            for card in person.cards
            if card.issued_on >= ASSESSED_SINCE + timedelta(days=60)
        ]
        for assessed_on, kind, grade in found:
            if assessed_on <= day:
                rows.append(assessed(person, assessed_on, kind, grade))
        if not person.registered and person.number % 90 == 0 and person.there_on(day):
            on = ASSESSED_SINCE + timedelta(days=person.number % 300)
            rows.append(assessed(person, on, 0, 0))
    return rows


def assessed(person: Person, on: date, kind: int, grade: int) -> Row:
    """A conclusion; category 0: the standard is not met."""
    words = {"category": f"{CATEGORIES[kind]}残疾" if kind else "", "grade": GRADES[grade] if kind else ""}
    return row_of(person, assessed_on=on, **words, at_home=person.number % 7 == 0, concluded=bool(kind))


def doctors(world: World, month: str) -> list[Row]:
    """家庭医生: every holder, and some others."""
    day = as_of(month)
    there = (person for person in world.persons if person.there_on(day) and (person.cards or person.number % 6 == 0))
    return [row_of(person, signed_on=date(day.year, 1, 10), until=date(day.year, 12, 31)) for person in there]


def houses(world: World, month: str) -> list[Row]:
    """Every household's house, by its head."""
    year = int(month[:4])
    return [
        row_of(
            home.present(month)[0],
            household_no=f"ZJ{home.number:06d}",
            grade=home.house,
            renovation=home.renovation,
            renovation_year=None if home.renovation == "无" else year,
            accessibility=home.accessibility,
        )
        for home in world.households
        if home.members
    ]


def rentals(world: World, month: str) -> list[Row]:
    """公租房: some households of the towns."""
    there = (home for home in world.households if home.members and not home.rural and home.number % 7 == 0)
    return [row_of(home.present(month)[0], state=("轮候", "入住", "入住", "退出")[home.number // 7 % 4]) for home in there]


def watched(home: Household, month: str) -> list[Row]:
    """The rows of a household that is monitored."""
    return [_monitored(home, member, number, month) for number, member in enumerate(home.present(month), 1)]


def monitored(world: World, month: str) -> list[Row]:
    """监测对象: every member of a household; 因残 stands at whoever has the card."""
    return [row for home in world.households if home.monitored for row in watched(home, month)]


def _monitored(home: Household, member: Person, number: int, month: str) -> Row:
    known = home.monitored
    assert known is not None
    card = card_on(member.cards, as_of(month))
    by_card = card is not None and member.number % 4 == 0
    risks = [risk for risk in known.risks if risk != "因残" or card] or ["缺劳动力"]
    eliminated = known.eliminated is not None and known.eliminated <= month
    helped = (home.on_dibao(month), bool(member.destitute), False, True, home.renovation != "无", False, False)
    return row_of(
        member,
        certificate_no=f"{member.citizen_id}{card.category}{card.grade}" if by_card and card else "",
        household_no=f"JC{home.number:06d}",
        person_no=f"JC{home.number:06d}{number:02d}",
        relation="户主" if number == 1 else member.relation,
        household_kind="脱贫户" if home.formerly_poor else "普通农户",
        **{"class": known.kind},
        identified=known.identified,
        **{f"risk_{place}": risks[place - 1] if place <= len(risks) else "" for place in range(1, 6)},
        eliminated=eliminated,
        eliminated_month=known.eliminated if eliminated else "",
        **dict(zip(MEASURES, helped, strict=True)),
        labour="丧失劳动力" if member.no_labour else "普通劳动力",
    )

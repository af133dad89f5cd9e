"""The clean lists of 民政 and 财政: benefits of a month, who was approved, paid, and what the bank says."""

import random
from datetime import date

from deploy.sandbox.county.lists import Row, row_of
from deploy.sandbox.county.rates import CARE, LIVING, WORDS, rate
from deploy.sandbox.county.world import CATEGORIES, GRADES, Card, Person, World, card_in
from services.domain.months import first_day

_PER_HEAD = {"A": 520, "B": 430, "C": 340}


def subsistence(world: World, month: str) -> list[Row]:
    """低保: every member of a household has a row; the household's amount stands in the head's."""
    rows = []
    for home in world.households:
        if home.on_dibao(month):
            members = home.present(month)
            shared = {
                "household_no": f"DB{home.number:06d}",
                "head_id": members[0].citizen_id,
                "since": home.dibao_since,
                "class": home.dibao_class,
                "residence": "农村" if home.rural else "城市",
                "persons": len(members),
            }
            amount = _PER_HEAD[home.dibao_class] * len(members)
            rows += [
                row_of(
                    member,
                    **shared,
                    relation="户主" if member is members[0] else member.relation,
                    amount=None if number else amount,
                )
                for number, member in enumerate(members)
            ]
    return rows


def margin(world: World, month: str) -> list[Row]:
    """低保边缘: every member of a household."""
    return [
        row_of(member, household_no=f"BY{home.number:06d}", head_id=home.present(month)[0].citizen_id, relation=member.relation)
        for home in world.households
        if home.margin
        for member in home.present(month)
    ]


def destitute(world: World, month: str) -> list[Row]:
    """特困."""
    since = f"{int(month[:4]) - 2}-07"
    there = (person for person in world.persons if person.destitute and person.there_in(month))
    return [row_of(person, mode=person.destitute, since=since, amount=948) for person in there]


def orphans(world: World, month: str) -> list[Row]:
    """孤儿."""
    return [row_of(person, since="2023-04", amount=1360) for person in world.persons if person.orphan and person.there_in(month)]


def unsupported(world: World, month: str) -> list[Row]:
    """事实无人抚养儿童."""
    return [
        row_of(person, since="2024-02", amount=1360) for person in world.persons if person.unsupported and person.there_in(month)
    ]


def allowances(world: World, month: str) -> list[Row]:
    """Other benefits of the same purposes."""
    there = (person for person in world.persons if person.allowance and person.there_in(month))
    return [row_of(person, allowance=person.allowance[0], amount=person.allowance[1]) for person in there if person.allowance]


def relief(world: World, month: str) -> list[Row]:
    """临时救助: some households each month."""
    rng = random.Random(f"{world.seed}/relief/{month}")
    homes = [home for home in world.households if home.members]
    chosen = rng.sample(homes, max(6, len(homes) // 200))
    heads = [home.present(month)[0] for home in chosen]
    return [
        row_of(
            head,
            reason=rng.choice(("急难型", "支出型")),
            amount=rng.choice((800, 1500, 3000)),
            granted_on=first_day(month).replace(day=1 + number % 20),
        )
        for number, head in enumerate(heads)
    ]


def deaths(world: World, month: str, agency: str) -> list[Row]:
    """Who died in the month: 民政 by cremation and burial, 卫健 by certificates; each has most of them, together they have all."""
    skipped = 0 if agency == "MZ" else 1
    there = (person for person in world.persons if person.died_on and str(person.died_on)[:7] == month)
    return [row_of(person, died_on=person.died_on) for person in there if person.cards or person.number % 5 != skipped]


def moves(world: World, month: str) -> list[Row]:
    """Whose household registration moved in the month."""
    there = (person for person in world.persons if person.moved_on and str(person.moved_on)[:7] == month)
    return [row_of(person, moved_on=person.moved_on, to=person.moved_to) for person in there]


def due(world: World, month: str) -> list[tuple[Person, str, Card, int]]:
    """Who is to be paid what in a month: person, subsidy, card, yuan."""
    found = []
    for home in world.households:
        for person in home.members:
            card = card_in(person.cards, month) if person.cards and person.there_in(month) else None
            if card is None or person.destitute or person.injury_care:
                continue
            beside = person.allowance[0] if person.allowance else ""
            if home.on_dibao(month) and not person.orphan and "生活津贴" not in beside:
                found.append((person, LIVING, card, rate(LIVING, card.grade, month)))
            if card.grade <= 2 and "护理" not in beside:
                found.append((person, CARE, card, rate(CARE, card.grade, month)))
    return found


def payment(person: Person, subsidy: str, card: Card, yuan: int) -> Row:
    """A regular payment of the sheet's month."""
    return row_of(
        person,
        subsidy=WORDS[subsidy],
        category=CATEGORIES[card.category],
        grade=GRADES[card.grade],
        certificate=f"{person.citizen_id}{card.category}{card.grade}",
        rate=yuan,
        months=1,
        amount=yuan,
        for_months="",
        nature="正常",
        account=f"0000{person.number:015d}",
    )


def approval(row: Row, month: str) -> Row:
    """The approval that a regular payment rests on."""
    person = {name: row[name] for name in ("person", "citizen_id", "name", "birth", "township", "village", "subsidy", "rate")}
    year = int(month[:4]) - 1
    return person | {
        "applied_on": date(year, 6, 3),
        "approved_on": date(year, 6, 24),
        "from_month": f"{year}-06",
        "until_month": "",
        "account_tail": row["account"][-4:],
    }


def bank(row: Row) -> Row:
    """What the bank says of a payment."""
    kept = {name: row[name] for name in ("person", "citizen_id", "name", "birth", "township", "village", "subsidy", "amount")}
    return kept | {"result": "成功", "reason": ""}


def summary(rows: list[Row]) -> list[Row]:
    """The township's sheet that belongs to a month's payments: persons, rate and yuan of each part, and the totals."""
    parts = (("care1", WORDS[CARE], "一级"), ("care2", WORDS[CARE], "二级"), ("living", WORDS[LIVING], ""))
    found = []
    for township in dict.fromkeys(row["township"] for row in rows):
        of_it, line = (
            [row for row in rows if row["township"] == township and row["nature"] == "正常"],
            {"person": 0, "township": township},
        )
        for part, subsidy, grade in parts:
            paid = [row for row in of_it if row["subsidy"] == subsidy and grade in ("", row["grade"])]
            line |= {f"{part}_persons": len(paid), f"{part}_rate": paid[0]["rate"] if paid else None}
            line |= {f"{part}_amount": sum(row["amount"] for row in paid)}
        total = sum(row["amount"] for row in of_it)
        found.append(line | {"total_persons": len(of_it), "total_amount": total, "paid_amount": total})
    return found

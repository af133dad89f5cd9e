"""What the persons of the county have, and what becomes of them month by month: cards, benefits, deaths, moves, renewals.

Nothing here is an error: a county that lives so makes no finding at all (`tests/sandbox/county`).
"""

import random
from datetime import date, timedelta

from deploy.sandbox.county.world import ASSESSED_SINCE, Card, Household, Monitored, Person, World, age, card_on, valid_until
from services.domain.months import add_months, first_day, last_day, month_of

_CATEGORY_WEIGHTS = {1: 14, 2: 17, 3: 3, 4: 44, 5: 12, 6: 10}
_WARNED_MONTHS = 7  # whoever is paid renews before the last six months of the card begin


def lived(world: World, fates: dict[str, list[Person]]) -> None:
    """Give everybody what he has when the county begins, and what comes later."""
    rng = random.Random(f"{world.seed}/life")
    homes = [home for home in world.households if home.members]
    fated = {person.home.number for persons in fates.values() for person in persons}
    _give_cards(rng, world, homes, fates, fated)
    for fate, persons in fates.items():
        for number, person in enumerate(persons):
            _fate(rng, world, person, fate, number)
    for home in homes:
        if home.number not in fated:
            _household(rng, world, home)
    for home in homes:
        if home.monitored and any(person.single_allowance and not person.destitute for person in home.members):
            _dibao(rng, world, home)  # it is not left to a list of its own whether such a household has enough
            home.dibao_until = "9999-12"
    for home in homes:
        for person in home.members:
            if person.cards:
                _renewals(rng, world, person)
    _endings(rng, world, [home for home in homes if home.number not in fated])


def _give_cards(rng: random.Random, world: World, homes: list[Household], fates: dict[str, list[Person]], fated: set[int]) -> None:
    """One holder in a fated household; in the others none, one or two, old persons more often than children."""
    for fate, persons in fates.items():
        for person in persons:
            _card(rng, world, person, none_of_labour=fate == "destitute")
    for home in homes:
        if home.number in fated:
            continue
        wanted = rng.choices((0, 1, 2), (22, 60, 18))[0]
        weights = [1 + age(person.born, world.first) // 12 for person in home.members]
        for person in dict.fromkeys(rng.choices(home.members, weights, k=wanted)):
            if age(person.born, world.first) >= 2:
                _card(rng, world, person)


def _card(rng: random.Random, world: World, person: Person, none_of_labour: bool = False) -> None:
    category = rng.choices(list(_CATEGORY_WEIGHTS), list(_CATEGORY_WEIGHTS.values()))[0]
    grade = rng.choices((1, 2, 3, 4), (14, 27, 28, 31))[0]
    if none_of_labour:
        category, grade = rng.choice(((4, 1), (4, 2), (5, 2), (5, 3), (6, 2), (1, 1)))
    told = rng.random()
    if told < 0.12:  # since the hospitals' lists begin
        issued = ASSESSED_SINCE + timedelta(days=rng.randrange(60, max(61, (world.first - ASSESSED_SINCE).days - 5)))
    elif told < 0.15 and grade > 2:  # first cards of the months that are played
        # So late in the month that the person applied in it, with the public notice between.
        issued = first_day(rng.choice(world.months)).replace(day=rng.randrange(20, 28))
    else:
        issued = world.first - timedelta(days=rng.randrange(500, 3640))
    issued = max(issued, person.born + timedelta(days=400))
    if ASSESSED_SINCE <= issued < ASSESSED_SINCE + timedelta(days=60):
        issued = ASSESSED_SINCE - timedelta(days=30)
    person.cards = [Card(category, grade, issued, valid_until(issued))]


def _renewals(rng: random.Random, world: World, person: Person) -> None:
    """Whoever could be paid has renewed before anybody has to warn; of the others some let the card end."""
    card = person.cards[-1]
    paid = card.grade <= 2 or bool(person.home.dibao_since) or person.home.monitored is not None
    if card.valid_to > add_months(world.last, _WARNED_MONTHS + 2) or (not paid and rng.random() < 0.3):
        return
    renewed = min(add_months(card.valid_to, -_WARNED_MONTHS) - timedelta(days=rng.randrange(20)), world.last)
    if renewed >= ASSESSED_SINCE + timedelta(days=60):
        person.cards.append(Card(card.category, card.grade, renewed, valid_until(renewed), "RENEWED"))
    else:  # so long ago that the first card no longer matters
        person.cards[-1] = Card(card.category, card.grade, date(2024, 6, 3), date(2034, 6, 3), "RENEWED")


def _dibao(rng: random.Random, world: World, home: Household) -> None:
    home.dibao_since = month_of(add_months(world.first, -rng.randrange(2, 90)))
    home.dibao_class = rng.choice("ABBC")


def _household(rng: random.Random, world: World, home: Household) -> None:
    """低保 for three of ten households with a holder; nobody without labour who lives alone has it, for he is supported as 特困."""
    holders = [person for person in home.members if person.cards]
    alone = len(home.members) == 1
    if holders and alone and holders[0].no_labour:
        holders[0].destitute = rng.choice(("集中", "分散"))
    elif rng.random() < (0.3 if holders else 0.06):
        _dibao(rng, world, home)
        if rng.random() < 0.06 and len(world.months) > 1:
            home.dibao_until = rng.choice(world.months[:-1])
    elif rng.random() < 0.03:
        home.margin = not any(person.single_allowance for person in holders)
    if rng.random() < 0.04:
        _monitored(rng, world, home)
    if not holders and rng.random() < 0.03:
        home.house, home.renovation, home.accessibility = rng.choice("CD"), rng.choice(("计划", "在建", "完工")), False
    for person in home.members:
        if age(person.born, world.first) < 16 and not person.cards and rng.random() < 0.004:
            person.unsupported = True


def _monitored(rng: random.Random, world: World, home: Household, number: int = 0) -> None:
    """On the list of 监测对象; a third of them with the risk gone, having had help. 因残 stands only where somebody has a card."""
    home.formerly_poor = number % 2 == 0
    holder = any(person.cards for person in home.members)
    eliminated = month_of(add_months(world.first, -2)) if number % 3 == 2 else None
    kind = rng.choice(("脱贫不稳定户" if home.formerly_poor else "边缘易致贫户", "突发严重困难户"))
    identified = month_of(add_months(world.first, -rng.randrange(9, 30)))
    home.monitored = Monitored(
        kind, identified, (rng.choice(("因残", "因病")) if holder else rng.choice(("因病", "因学")),), eliminated
    )
    if eliminated is None and number % 3 == 0 and holder:
        home.case_since = add_months(world.first, -3)
    if holder:
        due = world.first - timedelta(days=rng.randrange(70, 90))
        home.measures.append((*rng.choice((("M14", "MZ"), ("M14", "YB"), ("M19", "WJ"))), due, due - timedelta(days=8)))


_WANTS = {
    "small_child": frozenset({"wants_preschool"}),
    "worker": frozenset({"wants_work", "able_to_work"}),
    "learner": frozenset({"wants_training"}),
    "builder": frozenset({"wants_accessibility"}),
    "masseur": frozenset({"wants_massage"}),
}


def _fate(rng: random.Random, world: World, person: Person, fate: str, number: int) -> None:
    """What makes somebody one of those who must be there; `number`: which of them."""
    person.wants = _WANTS.get(fate, frozenset())
    match fate:
        case "pupil":
            person.placement = ("随班就读", "特教学校", "送教上门", "普校特教班")[number % 4]
            if number % 8 == 0:
                _monitored(rng, world, person.home)
        case "student":
            person.stage = ("高中", "中职", "大专以上")[number % 3]
        case "graduate":
            person.stage, person.graduated = ("中职", "大专以上")[number % 2], True
        case "builder" | "monitored":
            _housed(rng, world, person, fate, number)
        case "masseur":
            person.cards[0].category, person.cards[0].grade = 1, 1 + number % 2
        case "tenant" if number % 2:
            _dibao(rng, world, person.home)
        case "destitute":
            person.destitute = rng.choice(("集中", "分散"))
        case "orphan" | "injured" | "allowed":
            _helped(rng, world, person, fate, number)


def _housed(rng: random.Random, world: World, person: Person, fate: str, number: int) -> None:
    """Whose house is being made accessible, half of them severe and on 低保; and whose household is monitored."""
    home, card = person.home, person.cards[0]
    if fate == "builder":
        home.house, home.renovation, home.accessibility = rng.choice("CD"), ("计划", "在建", "完工")[number % 3], True
        if number % 2:
            card.grade = 1 + number % 4 // 2
            _dibao(rng, world, home)
        return
    if number % 4 < 2:
        card.grade = 1 + number % 2
    if number % 4 == 3:
        _dibao(rng, world, home)
    _monitored(rng, world, home, number)
    home.formerly_poor = number % 4 < 3


def _helped(rng: random.Random, world: World, person: Person, fate: str, number: int) -> None:
    """Who has a benefit that excludes a subsidy, or is higher."""
    card = person.cards[0]
    if fate == "injured":
        person.injury_care, card.grade = rng.choice((1200, 1850)), 1 + number % 2
    elif fate == "allowed" and number % 2:
        person.allowance, card.grade = ("老年人护理补贴", 300), 1 + number % 4 // 2
    else:
        _dibao(rng, world, person.home)
        person.orphan = fate == "orphan"
        if not person.orphan:
            person.allowance, card.grade = ("福利性生活津贴", 500), 3


def _endings(rng: random.Random, world: World, homes: list[Household]) -> None:
    """The same number of deaths and of moves each month, with holders among them; the register hears of both within the month."""
    persons = [
        person
        for home in homes
        if len(home.members) > 2 and home.monitored is None and home.dibao_until > world.months[-1]
        for person in home.members
        if not person.wants and not person.unsupported
    ]
    rng.shuffle(persons)
    count = max(6, len(persons) * 6 // 10_000)
    gone: set[int] = set()
    for month in world.months:
        for number in range(count * 2):
            moves, holder = number >= count, number % 3 == 0
            person = next((each for each in persons if each.home.number not in gone and _may_go(each, world, holder)), None)
            if person is None:
                continue
            gone.add(person.home.number)
            day = first_day(month) + timedelta(days=rng.randrange(1, 20))
            if moves:
                person.moved_on, person.move_known_on = day, day + timedelta(days=3)
                person.moved_to = "省外" if holder else rng.choice(("县内", "州内", "省内", "省外"))
            else:
                person.died_on, person.death_known_on = day, day + timedelta(days=5)


def _may_go(person: Person, world: World, holder: bool) -> bool:
    """Whether the person is a holder with one card since before the first month, or nobody's holder, as is asked for."""
    old = bool(person.cards) and card_on(person.cards, world.first) is not None and len(person.cards) == 1
    return old if holder else not person.cards


def steady(world: World, person: Person) -> bool:
    """Whether nothing happens to the person in the months that are played, so that an error can be put in and seen alone."""
    card = card_on(person.cards, world.first)
    stays = person.gone_on() is None and person.moved_on is None
    if card is None or card is not person.cards[-1] or not stays:
        return False
    return card.valid_to > add_months(world.last, _WARNED_MONTHS) and person.home.dibao_until > world.months[-1]


def as_of(month: str) -> date:
    """The day as of which a month's lists are."""
    return last_day(month)

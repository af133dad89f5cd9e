"""What goes wrong in lists (domain reference, 8.3–8.4), row by row: most of it changes nothing, a broken citizen id makes a row unusable.

Only rows of households that no injected error is about are broken, so nothing but a candidate follows from a broken row.
"""

import random

from deploy.sandbox.county.lists import County, Row, Sheet
from deploy.sandbox.county.names import damaged, variants
from deploy.sandbox.county.world import Person
from services.domain.characters import digits
from services.domain.citizen_id import check_digit

_ENOUGH = 20  # rows: a shorter list keeps all of its ids
_CANNOT = ("SUBSIDY_SUMMARY", "DEATHS", "MOVES")
_GRADES = {
    "一级": ("1", "Ⅰ", "壹级", "1级", "Ⅰ级"),
    "二级": ("2", "Ⅱ", "贰级", "2级", "Ⅱ级"),
    "三级": ("3", "Ⅲ", "叁级", "3级", "Ⅲ级"),
    "四级": ("4", "Ⅳ", "肆级", "4级", "Ⅳ级"),
}
_OLD_NAMES = {"三坝纳西族乡": "三坝乡"}  # what an office still calls a township
_FULL_WIDTH = {ord(half): ord(half) + 0xFEE0 for half in "0123456789X"}


def spoiled(county: County, rate: float) -> None:
    """Put faults into the lists: of a hundred rows `100 * rate` are written oddly, and a quarter as many are unusable."""
    persons = {person.number: person for person in county.world.persons}
    for month, sheets in enumerate(county.sheets):
        for sheet in sheets.values():
            rng = random.Random(f"{county.world.seed}/faults/{month}/{sheet.kind}/{sheet.agency}")
            if sheet.kind != "SUBSIDY_SUMMARY":
                _spoil(sheet, rng, rate, persons)


def _spoil(sheet: Sheet, rng: random.Random, rate: float, persons: dict[int, Person]) -> None:
    places = rng.sample(range(len(sheet.rows)), round(len(sheet.rows) * rate))
    for place in places:
        sheet.rows[place] = sheet.rows[place] | _odd(sheet.rows[place], rng)
    if len(sheet.rows) < _ENOUGH or sheet.kind in _CANNOT or not rate:
        return
    wanted = max(1, round(len(sheet.rows) * rate / 4))
    free = [place for place, row in enumerate(sheet.rows) if _may_break(row, persons[row["person"]])]
    for place in rng.sample(free, min(wanted, len(free))):
        row = sheet.rows[place]
        plain = {name: value for name, value in row.items() if name not in ("written", "id_written")}
        sheet.rows[place] = plain | _broken(row["citizen_id"], rng)


def _may_break(row: Row, person: Person) -> bool:
    return not person.home.taken and row.get("nature", "正常") == "正常" and not row.get("certificate_no")


def _odd(row: Row, rng: random.Random) -> Row:
    """Written in a way that every reader has to understand."""
    found: Row = {}
    match rng.randrange(5):
        case 0 if (others := variants(row["name"])) and "written" not in row:
            found["written"] = rng.choice(others)
        case 1 if "written" not in row and len(row["name"]) > 2:
            found["written"] = damaged(row["name"])
        case 2 if row.get("grade") in _GRADES:
            found["grade_written"] = rng.choice(_GRADES[row["grade"]])
        case 3 if row["township"] in _OLD_NAMES:
            found["township_written"] = _OLD_NAMES[row["township"]]
        case _:
            found["id_written"] = _typed(row["citizen_id"], rng)
    return found


def _typed(citizen_id: str, rng: random.Random) -> str:
    """An id as people type it: with blanks, a quote, full-width digits, a small x, something that nobody sees."""
    forms = (
        f"'{citizen_id}",
        f" {citizen_id}\u00a0",
        f"{citizen_id[:6]} {citizen_id[6:14]} {citizen_id[14:]}",
        citizen_id.translate(_FULL_WIDTH),
        citizen_id.lower(),
        f"\u200b{citizen_id}\n",
    )
    return rng.choice(forms)


def _broken(citizen_id: str, rng: random.Random) -> Row:
    """An id that cannot be repaired without guessing, with the code that says why."""
    match rng.randrange(5):
        case 0 if digits(citizen_id):
            return {"unusable": "ID_NOT_TEXT", "id_written": float(citizen_id)}
        case 1:
            return {"unusable": "ID_LENGTH", "id_written": citizen_id[:-1]}
        case 2:
            return {"unusable": "ID_LENGTH", "id_written": citizen_id[:6] + citizen_id[8:17]}
        case 3:
            month = f"{citizen_id[:10]}13{citizen_id[12:17]}"
            return {"unusable": "ID_BIRTHDATE", "id_written": month + check_digit(month)}
        case _:
            other = next(digit for digit in "0123456789" if digit != citizen_id[17])
            return {"unusable": "ID_CHECKSUM", "id_written": citizen_id[:17] + other}

"""The two subsidies in yuan a person and month, by the month from which they hold (domain reference, 2.6)."""

LIVING, CARE = "LIVING", "CARE"
WORDS = {LIVING: "困难残疾人生活补贴", CARE: "重度残疾人护理补贴"}
SUBSIDIES = {word: subsidy for subsidy, word in WORDS.items()}
_FROM = (("2026-01", {"LIVING": 100, "CARE1": 110, "CARE2": 100}), ("2023-01", {"LIVING": 90, "CARE1": 100, "CARE2": 90}))


def rate(subsidy: str, grade: int, month: str) -> int:
    """What is right for a person with a card of that grade. Raises KeyError for care at grade 3 or 4, LookupError before 2023."""
    for since, rates in _FROM:
        if month >= since:
            return rates[LIVING if subsidy == LIVING else f"CARE{grade}"]
    raise LookupError(f"no rate of {month} is known")

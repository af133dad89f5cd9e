"""Rows of the policy about measures: for whom each is, as far as a card and a date of birth say (domain reference 5.4). Classes only."""

from dataclasses import dataclass

from services.certificates.vocabulary import Category


@dataclass(frozen=True, slots=True)
class MeasureGroup:
    """Whom a measure is for: holders of these categories and grades, from `from_age` full years on and below `until_age`; no category or no
    grade: any. Of several rows of a measure one is enough."""

    measure: str
    categories: tuple[Category, ...] = ()
    grades: tuple[int, ...] = ()
    from_age: int = 0
    until_age: int = 200

    def __post_init__(self) -> None:
        if not 0 <= self.from_age < self.until_age or not self.measure.startswith("M"):
            raise ValueError("measure is one of the catalogue (M01…), and ages go up")

"""What single cells of a row say: the state of a card, its category and grade, a sex. Pure.

Nothing is guessed: a word that is not on its column's list (`layouts.toml`) has no meaning here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.certificates import vocabulary
from services.certificates.policy.load import CertificatePolicy
from services.documents.sheet_words import conclusion, meanings, plain

_BETWEEN = re.compile("[、,;/]")
_PLAIN_STATES = ("VALID", "EXPIRED")  # that the dates say, too


@dataclass(frozen=True, slots=True)
class CardState:
    """What the column of a card's state says."""

    frozen: bool = False
    cancelled: vocabulary.CancellationReason | None = None
    lost: bool = False


class CellWords:
    """The words that cells may hold in a county on a day."""

    def __init__(self, policy: CertificatePolicy, county: str, day: date) -> None:
        def of(column: str) -> Mapping[str, str]:
            return meanings(policy.cell_words, column, day, county)

        self._status, self._sex, self._marked = of("status"), of("sex"), of("marked")
        self._categories = {word: vocabulary.Category(name) for word, name in of("category").items()}
        self._grades = {word: int(grade) for word, grade in of("grade").items()}

    def state(self, cell: str) -> CardState | None:
        """What a cell says of a card; None for what is not on the list. Of several words each must be, and they must go together."""
        said = {self._status.get(word) for word in _BETWEEN.split(plain(cell))}
        if None in said:
            return None
        if said <= {"FROZEN", "LOST"}:
            return CardState(frozen="FROZEN" in said, lost="LOST" in said)
        (state, *others) = said
        if others or state is None:
            return None
        return CardState() if state in _PLAIN_STATES else CardState(cancelled=vocabulary.CancellationReason(state))

    def conclusion(self, category: str, grade: str) -> tuple[vocabulary.Category | None, int | None]:
        """Category and grade as `sheet_words.conclusion` reads them."""
        return conclusion(category, grade, self._categories, self._grades)

    def male(self, cell: str) -> bool | None:
        """Whether a cell says male; None for a word that is not on the list."""
        return {"MALE": True, "FEMALE": False}.get(self._sex.get(plain(cell), ""))

    def marked(self, cell: Any) -> bool | None:
        """Whether a person is marked as disabled, an empty cell meaning no; None for a word that is not on the list."""
        text = plain("" if cell is None else cell)
        return {"YES": True, "NO": False}.get(self._marked.get(text, "" if text else "NO"))

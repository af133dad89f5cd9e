"""Certificate numbers (残疾人证号): composed, checked, kept with their history. An attribute of a card, never an identity (§1.4).

Twenty characters: citizen id, one digit for the category, one for the grade; a card reissued after a loss adds B1, B2… A number is
composed only where the register is kept; elsewhere it comes from the national roster.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.certificates.person.vault import record
from services.certificates.vocabulary import Category
from services.domain import citizen_id as citizen_ids
from services.kernel.errors import Malformed, Rejected
from services.shell.http.access import Principal

_NUMBER = re.compile("([0-9]{17}[0-9X])([1-7])([1-4])(?:B([0-9]{1,2}))?")
_CATEGORIES = tuple(category for category in Category if category is not Category.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Number:
    """A number taken apart."""

    citizen_id: str
    category: Category
    grade: int
    suffix: int = 0

    @property
    def category_digit(self) -> int:
        """The digit that stands for the category."""
        return _CATEGORIES.index(self.category) + 1

    def __str__(self) -> str:
        plain = f"{self.citizen_id}{self.category_digit}{self.grade}"
        return f"{plain}B{self.suffix}" if self.suffix else plain


def parsed(text: str) -> Number:
    """A number as printed. Raises `Malformed("cert_format")`."""
    read = _NUMBER.fullmatch(citizen_ids.normalised(text))
    if read is None:
        raise Malformed("cert_format", "残疾人证号应为18位身份证号加类别码和等级码，补办的加B和序号")
    return Number(read[1], _CATEGORIES[int(read[2]) - 1], int(read[3]), int(read[4] or 0))


def contradiction(number: Number, citizen_id: str, category: Category, grade: int) -> tuple[str, str] | None:
    """What in a number does not agree with person and conclusion: code and sentence."""
    if number.citizen_id != citizen_id:
        return "cert_id_mismatch", "残疾人证号与身份证号不一致"
    if (number.category, number.grade) != (category, grade):
        return "cert_conclusion_mismatch", "残疾人证号与评定的类别、等级不一致"
    return None


async def given(
    conn: Any, certificate_id: UUID, card: Any, suffix: int, division: str, text: str | None, reader: Principal, since: date
) -> None:
    """Keep the number of a new card (`card`: an event with person, category and grade): as printed, or composed."""
    citizen_id = await conn.fetchval("SELECT citizen_id FROM person WHERE person_id = $1", card.person_id)
    if citizen_id is None:
        raise Rejected("person_erased", "此人的身份资料已删除")
    await record(conn, reader, "CERTIFICATE_ISSUE", str(certificate_id), {card.person_id: division}, [card.person_id])
    number = Number(citizen_id, card.category, card.grade, suffix)
    if text is not None:
        printed = parsed(text)
        if wrong := contradiction(printed, citizen_id, card.category, card.grade):
            raise Malformed(*wrong)
        if printed.suffix != suffix:
            raise Malformed("cert_suffix", f"补办序号应为{suffix}")
    await keep(conn, certificate_id, str(number), division, since)


async def keep(conn: Any, certificate_id: UUID, number: str, division: str, since: date) -> None:
    """The card's number from now on; what it was before, and another card's claim to it, become history."""
    await conn.execute(
        "UPDATE certificate_number SET until = $3 WHERE (number = $1 OR certificate_id = $2) AND until IS NULL",
        number,
        certificate_id,
        since,
    )
    await conn.execute(
        """INSERT INTO certificate_number (certificate_id, number, division, since) VALUES ($1, $2, $3, $4)
           ON CONFLICT (certificate_id, number) DO UPDATE SET until = NULL""",
        certificate_id,
        number,
        division,
        since,
    )


async def ended(conn: Any, certificate_id: UUID, on: date) -> None:
    """A cancelled certificate's number is history."""
    await conn.execute("UPDATE certificate_number SET until = $2 WHERE certificate_id = $1 AND until IS NULL", certificate_id, on)


async def restored(conn: Any, certificate_id: UUID) -> None:
    """A revoked cancellation gives the latest number back. Raises `Rejected` when another card has it now."""
    taken = await conn.fetchval(
        """SELECT true FROM certificate_number mine JOIN certificate_number other USING (number)
           WHERE mine.certificate_id = $1 AND other.certificate_id <> $1 AND other.until IS NULL""",
        certificate_id,
    )
    if taken:
        raise Rejected("number_taken", "原证号已用于另一份残疾人证")
    await conn.execute(
        """UPDATE certificate_number SET until = NULL WHERE certificate_id = $1 AND number =
           (SELECT number FROM certificate_number WHERE certificate_id = $1 ORDER BY until DESC, since DESC LIMIT 1)""",
        certificate_id,
    )


async def moved(conn: Any, certificate_id: UUID, division: str) -> None:
    """A transferred card's numbers are seen where the card is."""
    await conn.execute("UPDATE certificate_number SET division = $2 WHERE certificate_id = $1", certificate_id, division)

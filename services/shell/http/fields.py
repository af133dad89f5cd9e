"""What a field of a request may hold: one type for each sort of value, the same in bodies, paths, queries and headers.

An endpoint refuses here what can never work, and says where it stands: text that no database, workbook or paper can carry (control
characters), digits of another script, a day that is a number of seconds, a day or month that no calendar of ours reaches, a phone that is
no number. In the OpenAPI documents every text has a pattern and a length, every number its bounds
(`tests/contract/endpoints/test_fields.py`). Whether a well-formed value fits the matter is decided further in. `WORDS` says to people
what is wrong with a field.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from services.domain import phones
from services.domain.divisions import ANY_LEVEL_PATTERN, COUNTY_PATTERN, PREFIX_PATTERN, VILLAGE_PATTERN
from services.domain.file_number import WrongNumber, read_number
from services.domain.months import MONTH_PATTERN

MISTYPED = "number_mistyped"  # says in its own words how many digits were read
WORDS = {
    "not_a_day": "日期应写作YYYY-MM-DD，在1900年至2999年之间",
    "not_a_number_of_money": "金额应为不超过两位小数的数字，不带逗号和单位",
    "phone_not_a_number": phones.EXPECTED,
    "extra_forbidden": "请求中有这个地址不认识的参数",
    "given_twice": "同一字段或参数只能写一次",
}
# What no text may hold: control characters (C0, C1, DEL) and two code points that are no characters, which XML and so workbooks and papers
# cannot carry. A line ends nowhere inside; a text may have lines. Halves of surrogate pairs are refused by pydantic, NUL by PostgreSQL, too.
_IN_LINES = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff"
_IN_TEXTS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff"
_DAY = re.compile(r"(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"-?[0-9]{1,19}")
_MONEY = re.compile(r"[0-9]{1,7}(\.[0-9]{1,2})?")


def line(most: int) -> StringConstraints:
    """One line of text of at most `most` characters; it may be empty."""
    return StringConstraints(max_length=most, pattern=rf"^[^{_IN_LINES}]*$")


def some_line(most: int) -> StringConstraints:
    """One line of text with something in it."""
    return StringConstraints(min_length=1, max_length=most, pattern=rf"^[^{_IN_LINES}]*[^\s{_IN_LINES}][^{_IN_LINES}]*$")


def lines(most: int) -> StringConstraints:
    """Text that may have several lines; it may be empty."""
    return StringConstraints(max_length=most, pattern=rf"^[^{_IN_TEXTS}]*$")


def some_lines(most: int) -> StringConstraints:
    """Text that may have several lines, with something in it."""
    return StringConstraints(min_length=1, max_length=most, pattern=rf"^[^{_IN_TEXTS}]*[^\s{_IN_TEXTS}][^{_IN_TEXTS}]*$")


def wrong(code: str) -> PydanticCustomError:
    """The error of a field, by its code in `WORDS`; it carries no value."""
    return PydanticCustomError(code, WORDS[code])  # type: ignore[arg-type]  # a literal for templates, which these are not


def _day(given: object) -> object:
    """A day as YYYY-MM-DD; pydantic alone would take a number for seconds since 1970. The bounds leave room to count years either way."""
    if isinstance(given, str) and _DAY.fullmatch(given):
        return given
    raise wrong("not_a_day")


def _written(given: object) -> object:
    """A whole number as it stands in an address; pydantic alone would take "1_0", "+1", " 1" and "1.0"."""
    if isinstance(given, str) and not _WHOLE.fullmatch(given):
        raise PydanticKnownError("int_parsing")
    return int(given) if isinstance(given, str) else given


def _money(given: object, handler: ValidatorFunctionWrapHandler) -> Decimal:
    """An amount as JSON number or as text; Decimal alone would take digits of any script, "1_000" and "1e3"."""
    amount: Decimal = handler(given)
    if isinstance(given, str) and not _MONEY.fullmatch(given):
        raise wrong("not_a_number_of_money")
    return amount


def _phone(given: str) -> str:
    number = phones.normal(given)
    if number is None:
        raise wrong("phone_not_a_number")
    return number


def _number(given: str) -> str:
    """A misread number is told from an unknown one, and how many digits were read."""
    try:
        return read_number(given)
    except WrongNumber as error:
        read = "其中有数字看错或写错" if error.digits == 14 else f"现有{error.digits}位数字"
        raise PydanticCustomError(MISTYPED, "编号应为14位数字，{read}，请对照原件核对", {"read": read}) from error


WRITTEN = BeforeValidator(_written)  # of whole numbers in paths and queries; those in bodies are `strict`
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_DAY.pattern}$"})]
Month = Annotated[str, StringConstraints(pattern=MONTH_PATTERN)]  # as "2026-03"
Money = Annotated[
    Decimal,
    Field(ge=0, max_digits=9, decimal_places=2),
    WrapValidator(_money),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0, "maximum": 9_999_999.99}, {"type": "string", "pattern": f"^{_MONEY.pattern}$"}]}
    ),
]
Phone = Annotated[str, line(40), AfterValidator(_phone)]  # arrives in its one form
# Empty: there is none any more.
PhoneOrNone = Annotated[str, line(40), AfterValidator(lambda given: _phone(given) if given else given)]
CitizenId = Annotated[str, some_line(40)]  # as typed; what it says is judged by `domain.citizen_id`
# 编号 of a paper or a text, however it is typed
Number = Annotated[str, some_line(64), Field(examples=["5631-05452-12118"]), AfterValidator(_number)]

Village = Annotated[str, StringConstraints(pattern=VILLAGE_PATTERN)]
County = Annotated[str, StringConstraints(pattern=COUNTY_PATTERN)]
Unit = Annotated[str, StringConstraints(pattern=ANY_LEVEL_PATTERN)]  # of any level
Prefix = Annotated[str, StringConstraints(pattern=PREFIX_PATTERN)]  # the beginning of codes
Agency = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,8}$")]

Limit = Annotated[int, Field(ge=1, le=500), WRITTEN]  # rows of a page
Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=-]*$", max_length=2000)]  # as a page gave it (`cursors.py`)

"""What the endpoints that read have in common: how a day and a division are written, and who sees small numbers."""

from datetime import date

from services.domain.divisions import inside
from services.kernel.errors import Forbidden, Malformed
from services.shell.http import small_numbers
from services.shell.http.call import Call


def least_shown(call: Call) -> int:
    """The smallest number that the caller may see; 0: every one."""
    return small_numbers.least_shown(call, call.runtime.service.policy.reading, "reading", unless="counts.exact")


def seen(call: Call, division: str) -> str:
    """What the caller sees of a division. Raises `Forbidden` for another's: a 0 there would be a lie."""
    mine = call.principal.division
    if not (inside(division, mine) or inside(mine, division)):
        raise Forbidden("foreign_division", "不属于本单位辖区")
    return max(division, mine, key=len)


def past(call: Call, on: date) -> date:
    """A day that has begun. Raises `Malformed` for a future one: nothing is known of it."""
    if on > call.context.today:
        raise Malformed("day_in_future", "所问日期尚未到来")
    return on

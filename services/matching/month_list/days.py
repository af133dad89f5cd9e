"""When a month's list is made: so many working days before the day on which the month is paid. Pure."""

from datetime import date, timedelta

from services.domain.months import first_day
from services.domain.working_days import Calendar
from services.matching.policy.subsidy_rows import MonthList

ROW = "adjustment"  # the row of the policy


def pay_day(row: MonthList, month: str) -> date:
    """The day on which a month is paid."""
    return first_day(month).replace(day=row.pay_day)


def freeze_day(row: MonthList, month: str, calendar: Calendar) -> date:
    """The day on which the month's list is made: so many working days lie behind it, the pay day not among them."""
    day, left = pay_day(row, month), row.freeze_days
    while left:
        day -= timedelta(days=1)
        left -= calendar.is_working(day)
    return day

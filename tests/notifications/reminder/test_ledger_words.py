"""What the ledger says in words and by office: a reminder in the sheet, cards that lapsed short."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.domain.file_number import file_number
from services.notifications.reminder.projection import ReminderRow, ReminderState
from services.notifications.reminder.queries import Card, Short, short_of
from services.notifications.reminder.sheet import in_words
from tests.notifications.reminder.reminding import CARD, DAY, ENDS, HOLDER, SIX, VILLAGE

ROW = ReminderRow(
    reminder_id=UUID(int=9),
    file_number=file_number(UUID(int=9)),
    certificate_id=CARD,
    card_number=file_number(CARD),
    person_id=HOLDER,
    division=VILLAGE,
    valid_to=ENDS,
    expiry_window="SIX_MONTHS",
    number=1,
    ladder=SIX,
    rung="PERSON",
    answer_by=date(2026, 3, 16),
    state=ReminderState.OWED,
    proof=None,
    reached_on=None,
    stopped_for=None,
    opened_on=DAY,
    tried=(),
    correlation_id=UUID(int=8),
    version=2,
)
REACHED = replace(ROW, state=ReminderState.REACHED, proof="HANDSET", reached_on=DAY)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "提醒中：短信或电话"),
        (
            {"rung": "CL@township", "tried": ("PERSON:no_phone:2026-03-02", "CUN@village:NOT_OUR_AREA:2026-03-04")},
            "提醒中：乡镇（街道）残联（此前短信或电话无可用电话（2026-03-02）；村（社区）入户退回（不属本辖区）（2026-03-04））",
        ),
        (
            {"rung": "CL@county", "tried": ("CUN@village:not_willing:2026-03-02",)},
            "提醒中：县（市）残联（此前村（社区）入户不愿接受提醒（2026-03-02））",
        ),
        (
            {"rung": "CL@county", "tried": ("CUN@village:not_told:2026-03-02",)},
            "提醒中：县（市）残联（此前村（社区）入户未能告知（2026-03-02））",
        ),
        ({"state": ReminderState.ARRIVED}, "提醒中：信息已到达手机，待确认"),
        (
            {"state": ReminderState.REACHED, "proof": "GUARDIAN", "rung": "CUN@village", "reached_on": DAY},
            "已送达：2026-03-02，监护人确认（村（社区）入户环节）",
        ),
        ({"state": ReminderState.STOPPED, "stopped_for": "DEATH"}, "不再提醒：已去世"),
        ({"state": ReminderState.MISSED}, "未送达：到期前无人确认"),
        ({"state": ReminderState.MISSED, "tried": ("PERSON:something_new:2026-03-02",)}, "未送达：短信或电话未送达（2026-03-02）"),
    ],
)
def test_a_reminder_in_words(changes: dict[str, Any], words: str) -> None:
    assert in_words(replace(ROW, **changes)) == words


def card(number: int, village: str, ended: str | None, *reminders: ReminderRow) -> Card:
    """A card with its reminders."""
    return Card(UUID(int=number << 96), HOLDER, village, ENDS, ended, reminders)


def test_townships_and_villages_are_listed_with_what_lapsed_without_two_reminders_that_reached() -> None:
    other = f"{VILLAGE[:9]}999"
    cards = [
        card(1, VILLAGE, "LAPSED", ROW),
        card(2, VILLAGE, "LAPSED", REACHED, REACHED),
        card(3, VILLAGE, "RENEWED", ROW),
        card(4, other, "LAPSED", REACHED, ROW),
        card(5, other, None, ROW),
        card(6, "533401103001", "LAPSED", REACHED, REACHED),
    ]
    first, fourth = file_number(cards[0].certificate_id), file_number(cards[3].certificate_id)
    assert short_of(cards) == [
        Short(VILLAGE[:9], 3, 2, (first, fourth)),
        Short(VILLAGE, 2, 1, (first,)),
        Short(other, 1, 1, (fourth,)),
    ]

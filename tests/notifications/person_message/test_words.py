"""In which words a person is told, by the way on which the words go."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from services.notifications.person_message.register_client import Way
from services.notifications.person_message.source import Asked, text_to
from services.notifications.policy.load import POLICY
from services.notifications.vocabulary import Channel

FACTS = {"office_name": "香格里拉市残联", "office_phone": "12385", "answer_by": "2026-03-16", "valid_to": "2026-08-28"}
RUNTIME: Any = SimpleNamespace(service=SimpleNamespace(policy=POLICY), clock=lambda: datetime(2026, 3, 2, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("channel", "number"), [(Channel.SMS, "6721-26773-83562"), (Channel.VOICE, "6 7 2 1，2 6 7 7 3，8 3 5 6 2")]
)
def test_a_number_is_written_in_a_text_and_spelled_in_a_call(channel: Channel, number: str) -> None:
    way = Way("GUARDIAN", channel, "13800000000", UUID(int=1), False, True, True, "MANDARIN")
    asked = Asked(UUID(int=2), "GUARDIAN", True, ("renewal", "call-us"), FACTS | {"ref": "6721-26773-83562"})
    assert f"（编号{number}）" in text_to(way, asked, RUNTIME)

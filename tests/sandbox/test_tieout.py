"""Robots' messages are tied to letters one by one, by when they came and what they say."""

from typing import Any

import pytest

from deploy.sandbox.review.tieout import arrived_and_proven, digest, drop_letters, in_the_group


def delivery(letter: str, settled: str, state: str = "sent", channel: str = "WECOM") -> dict[str, Any]:
    at = f"2026-03-02T09:00:{settled}+00:00"
    return {"channel": channel, "state": state, "attempt": 1, "letter_id": letter, "settled_at": at}


def message(at: str, words: str) -> dict[str, Any]:
    return {"at": f"2026-03-02T09:00:{at}+00:00", "text": f"守望：{words}。\n[登录查看](https://shouwang.example.cn)"}


LETTERS = [
    delivery("a", "10"),
    delivery("a", "10"),
    delivery("b", "20"),
    delivery("c", "15", "suppressed"),
    delivery("d", "15", channel="DINGTALK"),
]
FIRST, SECOND = message("09", "新增 2 件，待办 5 件"), message("19", "待办 5 件")


def test_every_letter_has_its_message() -> None:
    assert in_the_group(LETTERS, "WECOM", [FIRST, SECOND]) == (digest({"a", "b"}), digest({"a", "b"}))


@pytest.mark.parametrize(
    ("records", "met"),
    [
        ([FIRST], {"a"}),
        ([FIRST, message("08", "待办 5 件"), SECOND], {"b"}),  # one came twice
        ([FIRST, message("21", "待办 5 件")], {"a"}),  # after the letter was settled: it is another's
        ([message("09", "待办 5 件"), message("19", "新增 2 件，待办 5 件")], {"a"}),  # the second letter has one part
        ([], set[str]()),
    ],
)
def test_a_letter_without_a_message_of_its_own_is_not_met(records: list[dict[str, Any]], met: set[str]) -> None:
    assert in_the_group(LETTERS, "WECOM", records) == (digest(met), digest({"a", "b"}))


def test_a_drop_says_each_case_and_route_once_with_its_first_deadline_and_how_often_it_was_told() -> None:
    def queued(notice: str, case: str, route: str, by: str) -> dict[str, Any]:
        about = {"subject_id": case, "route": route, "cause_type": "RiskDetected", "acknowledge_by": by}
        return {"type": "shouwang.notifications.NoticeQueued", "stream_id": notice, "data": about}

    def dropped(notice: str, letter: str, state: str = "delivered") -> dict[str, Any]:
        return {"channel": "DROP", "state": state, "letter_id": letter, "stream_id": notice}

    log = [queued("1", "x", "late", "2026-03-09"), queued("2", "x", "late", "2026-03-05"), queued("3", "y", "risk", "2026-03-06")]
    every = [dropped("1", "a"), dropped("2", "a"), dropped("3", "a"), dropped("1", "b"), dropped("3", "b", "suppressed")]
    assert drop_letters(every, log) == [
        "a: [('x', 'late', '2026-03-05', 2), ('y', 'risk', '2026-03-06', 1)]",
        "b: [('x', 'late', '2026-03-09', 1)]",
    ]


def told(second: str, kind: str, **data: Any) -> dict[str, Any]:
    at = f"2026-03-02T09:00:{second}Z"
    return {"type": f"shouwang.notifications.{kind}", "stream_id": "r", "recorded_at": at, "data": data}


@pytest.mark.parametrize(
    ("events", "wanted"),
    [
        ([told("02", "ReminderOpened"), told("10", "ReminderReached", proof="HANDSET")], ({"r"}, {"r"})),
        ([told("02", "ReminderOpened"), told("10", "ReminderArrived"), told("20", "ReminderStopped")], ({"r"}, {"r"})),
        ([told("02", "PolicyTellingBegun"), told("10", "PolicyTellingEnded", arrived=True)], ({"r"}, {"r"})),
        # The next two end while the message is on its way.
        ([told("02", "ReminderOpened"), told("09", "ReminderReached", proof="VISITOR")], (set[str](), set[str]())),
        ([told("02", "ReminderOpened"), told("09", "ReminderStopped")], (set[str](), set[str]())),
        ([told("02", "ReminderOpened"), told("11", "ReminderStopped")], ({"r"}, set[str]())),  # it was open: its proof is lost
        ([told("02", "ReminderOpened"), told("03", "ReminderStopped"), told("05", "ReminderOpened")], ({"r"}, set[str]())),
    ],
)
def test_what_arrives_is_proven_unless_its_matter_ended_while_it_was_on_its_way(
    events: list[dict[str, Any]], wanted: tuple[set[str], set[str]]
) -> None:
    message = delivery("a", "10", "delivered", "VOICE") | {"source": "PERSON", "stream_id": "r"}
    receipts = [{"reference": "a", "status": "delivered"}]
    assert arrived_and_proven([message], receipts, events) == tuple(map(digest, wanted))

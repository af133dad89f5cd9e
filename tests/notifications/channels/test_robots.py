"""Group robots against both protocols: counts and a link go out, anything else does not; every outcome by name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from deploy.sandbox.providers.control import Do, Step
from deploy.sandbox.providers.house import House
from services.notifications.channels.letter import Letter, Outcome, Receipt
from services.notifications.channels.robot import RobotSender, RobotSettings
from services.notifications.channels.settings import Channels

LETTER = Letter("0198c1de-0003", "wecom", "张三家", "张三家，五级", {"overdue": 2, "open": 12})
SAID = "守望：待办 12 件，已逾期 2 件。\n[登录查看](https://shouwang.example.cn)"
ROBOTS = ("wecom", "dingtalk")


@asynccontextmanager
async def sender(channels: Channels, **changed: Any) -> AsyncIterator[RobotSender]:
    """A sender with these settings of both robots changed."""
    made = RobotSender({name: replace(given, **changed) for name, given in channels.robots.items()})
    try:
        yield made
    finally:
        await made.close()


@pytest.mark.parametrize("robot", ROBOTS)
async def test_a_group_reads_counts_and_a_link_and_nothing_of_the_letters_text(
    house: House, channels: Channels, robot: str
) -> None:
    async with sender(channels) as robots:
        assert await robots.send(replace(LETTER, to=robot)) == Receipt(Outcome.SENT)
    assert [m["text"] for m in house.control.records(robot)] == [SAID]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"open": 1, "household": 1},
        {"open": 1, "张三": 1},
        {"open": 1, "link": "https://shouwang.example.cn/a/0198c1de-0003"},
        {"open": "1"},
        {"open": True},
        {"open": -1},
        {"open": None},
    ],
)
async def test_a_letter_that_says_more_is_refused_before_it_leaves(house: House, channels: Channels, data: dict[str, Any]) -> None:
    async with sender(channels) as robots:
        for robot in ROBOTS:
            found = await robots.send(replace(LETTER, to=robot, data=data))
            assert found == Receipt(Outcome.REFUSED, reason="not_for_groups")
        assert [house.control.records(robot) for robot in ROBOTS] == [[], []]


@pytest.mark.parametrize(
    ("robot", "step", "receipt"),
    [
        ("wecom", Step(Do.LIMIT), Receipt(Outcome.LATER, reason="rate_limited")),
        ("wecom", Step(Do.LIMIT, "-1"), Receipt(Outcome.LATER, reason="busy")),
        ("wecom", Step(Do.REFUSE), Receipt(Outcome.REFUSED, reason="errcode_40058")),
        ("wecom", Step(Do.REFUSE, "13800000000"), Receipt(Outcome.UNKNOWN, reason="answer_not_understood")),
        ("wecom", Step(Do.BREAK), Receipt(Outcome.LATER, reason="not_available")),
        ("wecom", Step(Do.BREAK, "500"), Receipt(Outcome.UNKNOWN, reason="status_500")),
        ("wecom", Step(Do.BREAK, "403"), Receipt(Outcome.LATER, reason="status_403")),
        ("wecom", Step(Do.CUT), Receipt(Outcome.UNKNOWN, reason="cut_off")),
        ("dingtalk", Step(Do.LIMIT), Receipt(Outcome.LATER, reason="rate_limited", retry_after=600.0)),
        ("dingtalk", Step(Do.LIMIT, "410100"), Receipt(Outcome.LATER, reason="rate_limited", retry_after=600.0)),
        ("dingtalk", Step(Do.LIMIT, "90030"), Receipt(Outcome.LATER, reason="rate_limited", retry_after=600.0)),
        ("dingtalk", Step(Do.REFUSE), Receipt(Outcome.REFUSED, reason="errcode_400105")),
        ("dingtalk", Step(Do.CUT), Receipt(Outcome.UNKNOWN, reason="cut_off")),
    ],
    ids=lambda value: f"{value.do}-{value.code}" if isinstance(value, Step) else str(getattr(value, "outcome", value)),
)
async def test_what_the_robot_answers_is_told_by_name(
    house: House, channels: Channels, robot: str, step: Step, receipt: Receipt
) -> None:
    house.control.plan(robot, step)
    async with sender(channels) as robots:
        assert await robots.send(replace(LETTER, to=robot)) == receipt


async def test_silence_is_unknown(house: House, channels: Channels) -> None:
    house.control.plan("wecom", Step(Do.DELAY, seconds=60))
    async with sender(channels, seconds=2) as robots:  # also for a connection on a busy machine
        assert await robots.send(LETTER) == Receipt(Outcome.UNKNOWN, reason="no_answer_in_time")


async def test_a_robot_that_was_taken_out_of_its_group_is_gone(channels: Channels) -> None:
    async with sender(channels, token=SecretStr("x")) as robots:
        found = [await robots.send(replace(LETTER, to=robot)) for robot in ROBOTS]
    assert found == [Receipt(Outcome.GONE, reason="robot_unknown")] * 2


async def test_a_wrong_signature_is_refused(channels: Channels) -> None:
    made = RobotSender({"dingtalk": replace(channels.robots["dingtalk"], sign=SecretStr("x"))})
    assert await made.send(replace(LETTER, to="dingtalk")) == Receipt(Outcome.REFUSED, reason="signature_or_keyword")
    await made.close()


async def test_a_robot_nobody_configured_is_refused_and_none_can_be_asked(channels: Channels) -> None:
    async with sender(channels) as robots:
        unknown = await robots.send(replace(LETTER, to="https://evil.example.cn/"))
        assert unknown == Receipt(Outcome.REFUSED, reason="robot_not_configured")
        assert await robots.ask(LETTER.reference) is None


async def test_a_robot_says_only_of_its_own_offices_how_much_waits(house: House, channels: Channels) -> None:
    async with sender(channels, offices=("CL:533401",)) as robots:
        told = [replace(LETTER, data={**LETTER.data, **whose}) for whose in ({"office": "CL:533401"}, {"office": "MZ:533401"}, {})]
        refused = Receipt(Outcome.REFUSED, reason="robot_of_another_office")
        assert [await robots.send(letter) for letter in told] == [Receipt(Outcome.SENT), refused, refused]
    assert [m["text"] for m in house.control.records("wecom")] == [SAID]


async def test_neither_token_nor_content_is_shown(
    house: House, channels: Channels, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    house.control.plan("wecom", Step(Do.REFUSE), Step(Do.CUT))
    shown = [repr(LETTER), repr(channels)]
    with caplog.at_level("DEBUG"):
        async with sender(channels) as robots:
            shown += [repr(await robots.send(LETTER)) for _ in range(2)]
        async with sender(channels, url="https://localhost:1/send") as robots:
            shown.append(repr(await robots.send(replace(LETTER, to="dingtalk"))))
    everything = "".join([*shown, caplog.text, *capsys.readouterr()])
    assert not any(secret in everything for secret in ("sandbox-wecom-key", "sandbox-ding-token", "SECsandbox", "张三", "待办"))


@pytest.mark.parametrize(
    "wrong", [{"kind": "dingtalk"}, {"sign": SecretStr("x")}, {"url": "http://a.cn"}, {"site": "https://a:b@c.cn"}]
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"kind": "wecom", "url": "https://a.cn", "site": "https://b.cn", "token": SecretStr("t")} | wrong
    with pytest.raises(ValueError, match=r"sign_file|https://"):
        RobotSettings(**given)

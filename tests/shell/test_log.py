"""Logs name nobody."""

import json
import logging
from datetime import date

import asyncpg
import pytest
import structlog
from pydantic import TypeAdapter

from deploy.local.stack import Urls
from services.shell import log
from services.shell.log import redact


@pytest.mark.parametrize("value", ["Relay.run", "api", "person_index", "127.0.0.1:9092", "kafka-2:9092"])
def test_what_a_machine_calls_a_name_or_an_address_stays(value: str) -> None:
    entry = {"event": "role_ended", "name": value, "address": value}
    assert redact(None, "", dict(entry)) == entry


@pytest.mark.parametrize(
    "value", ["扎西", "Zhang San", "zhang san", "Zhaxi", "a@example.cn", "五境乡 3 号", "6222020000000000", 5, None, ["x"]]
)
def test_what_may_be_a_persons_name_or_address_is_blanked(value: object) -> None:
    assert redact(None, "", {"name": value, "deep": [{"account": value}]}) == {
        "name": "[redacted]",
        "deep": [{"account": "[redacted]"}],
    }


async def test_what_was_refused_with_an_error_is_not_shown(servers: Urls) -> None:
    conn = await asyncpg.connect(servers.postgres)
    await conn.execute("CREATE TEMP TABLE refusing (name text, number int CHECK (number > 0))")
    told = ""
    for row in (("测试甲\n\n某村", 0), ("某村", "测试甲")):
        try:
            await conn.execute("INSERT INTO refusing VALUES ($1, $2)", *row)
        except (asyncpg.CheckViolationError, asyncpg.DataError) as error:
            told += structlog.processors.format_exc_info(None, "", {"exc_info": error})["exception"]
    with pytest.raises(asyncpg.DataError) as refused:
        await conn.executemany("INSERT INTO refusing VALUES ($1, $2)", [("某村", "测试甲")])
    await conn.close()
    with pytest.raises(ValueError, match="测试甲") as unread:
        TypeAdapter(int).validate_python("测试甲")
    told += f"\n\nThe above exception {refused.value}\n\nThe above exception {unread.value}"
    kept = redact(None, "", {"exception": told})["exception"]
    assert "测试甲" in told
    assert "测试甲" not in kept
    assert "某村" not in kept
    assert "CheckViolationError" in kept


def test_logs_lose_what_names_a_person() -> None:
    entry = {
        "event": "x",
        "name": "张三",
        "note": "call 13812345678 about 53349919800101001X now",
        "deep": {"phone": "1", "list": ["533499198001010013", "ok"]},
        "stream": "01970000-0000-7000-8000-000000000001",
        "number": 533499198001010013,
        "phones": {"+8613800000002"},
        "sent": b"533499198001010013",
        "by": {"53349919800101001342": 1},
        "error": ValueError("+86 138 0000 0002"),
        "at": date(2026, 3, 2),
        "behind": 1_000_000,
    }
    assert redact(None, "", entry) == {
        "event": "x",
        "name": "[redacted]",
        "note": "call [redacted] about [redacted] now",
        "deep": {"phone": "[redacted]", "list": ["[redacted]", "ok"]},
        "stream": "01970000-0000-7000-8000-000000000001",
        "number": "[redacted]",
        "phones": ["[redacted]"],
        "sent": "b'[redacted]'",
        "by": {"[redacted]": 1},
        "error": "ValueError('[redacted]')",
        "at": date(2026, 3, 2),
        "behind": 1_000_000,
    }


def test_what_a_library_says_is_a_line_like_ours_and_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    root, structured = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    try:
        log.configure("toy", "worker", "INFO")
        for attempt in range(3):
            logging.getLogger("aiokafka").error("Unable connect to %s (%s)", "13812345678", attempt)
        logging.getLogger("elsewhere").warning("again")
        logging.getLogger("elsewhere").warning("again")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**structured)
        structlog.contextvars.clear_contextvars()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["logger"], line["event"]) for line in lines] == [
        ("aiokafka", "Unable connect to [redacted] (0)"),
        ("elsewhere", "again"),
        ("elsewhere", "again"),
    ]

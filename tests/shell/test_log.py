"""Logs name nobody."""

from datetime import date

from services.shell.log import redact


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

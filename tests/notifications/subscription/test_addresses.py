"""Addresses of subscriptions: what can never be one is refused when it is entered, and not when a letter goes out."""

from pathlib import Path

import pytest

from services.kernel.errors import Malformed
from services.notifications.subscription.addresses import checked
from services.notifications.vocabulary import Channel

ROBOTS = """
[robots.county]
kind = "wecom"
offices = ["CL:533401"]

[robots.everybody]
kind = "dingtalk"
"""
NO_ADDRESSES = {
    "address_not_a_url": (
        Channel.WEBHOOK,
        [
            "https://x.example/#part",
            " https://x.example/",
            "https://x.example/\u00a0",
            "https://x.example/\u200bhook",
            "https://x.exa mple/",
            "https://",
            "x.example",
            "https://[::1",
            "https://x:99999/",
            "https://user:secret@x.example/",
            "http://x.example/",
            "https://10.0.0.1/",
            "https://192.168.1.1:8443/hook",
            "https://169.254.169.254/",
            "https://[fd00::1]/",
            "ftp://x.example/",
        ],
    ),
    "address_not_a_mailbox": (
        Channel.MAIL,
        [
            "not an address",
            "a@example.cn\u00a0",
            " a@example.cn",
            "a@example.cn,b@example.cn",
            "a@b@example.cn",
            "@example.cn",
            "a@",
            "a@example",
            "a@.cn",
            "a@example..cn",
            "a@-example.cn",
            "a@example.123",
            ".a@example.cn",
            "a..b@example.cn",
            "a＠example.cn",
            "a@例.cn",
            "办公室@example.cn",
            '"a b"@example.cn',
            "a@[192.0.2.1]",
            "a" * 65 + "@example.cn",
            "a@" + "b" * 64 + ".cn",
            "a@" + "b." * 126 + "cn",
            "a@example.cn\u202e",
        ],
    ),
    "address_not_a_mobile": (
        Channel.SMS,
        ["abc", "1390000000", "0887-8220000", "139 0000 0003 139 0000 0004", "+852 12345678", "١٣٩٠٠٠٠٠٠٠٣"],
    ),
    "address_not_a_robot": (Channel.WECOM, ["https://qyapi.weixin.qq.com/x", "Robot", "robot\u200b", "robot one", "机器人"]),
    "address_not_the_office": (Channel.DROP, ["MZ:533401", "CL:533401 ", "cl:533401"]),
}


@pytest.mark.parametrize(
    ("code", "channel", "to"), [(code, channel, to) for code, (channel, all_) in NO_ADDRESSES.items() for to in all_]
)
def test_what_can_never_be_an_address_is_refused_by_the_name_of_its_kind(code: str, channel: Channel, to: str) -> None:
    with pytest.raises(Malformed) as refusal:
        checked(channel, to, "CL:533401")
    assert refusal.value.code == code
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("channel", "to", "kept"),
    [
        (Channel.WEBHOOK, "https://x.example:8443/hook?of=CL", None),
        (Channel.WEBHOOK, "https://8.8.8.8/hook", None),
        (Channel.MAIL, "clerk.wang+notices@mail.dq.gov.cn", None),
        (Channel.MAIL, "12345678@qq.com", None),
        (Channel.MAIL, "a@xn--fsqu00a.xn--0zwm56d", None),
        (Channel.SMS, "+86 139-0000-0003", "13900000003"),
        (Channel.SMS, "１３９０００００００３", "13900000003"),
    ],
)
def test_what_is_an_address_is_kept_in_its_one_form(channel: Channel, to: str, kept: str | None) -> None:
    assert checked(channel, to, "CL:533401") == (kept or to)


@pytest.mark.parametrize(
    ("channel", "to", "office", "serves"),
    [
        (Channel.WECOM, "county", "CL:533401", True),
        (Channel.DINGTALK, "everybody", "MZ:533422", True),
        (Channel.WECOM, "county", "MZ:533401", False),
        (Channel.WECOM, "everybody", "CL:533401", False),
        (Channel.WECOM, "nobody", "CL:533401", False),
    ],
)
def test_where_the_robots_are_known_one_that_would_never_serve_the_office_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channel: Channel, to: str, office: str, serves: bool
) -> None:
    (tmp_path / "channels.toml").write_text(ROBOTS)
    monkeypatch.setenv("SHOUWANG_CHANNELS_FILE", str(tmp_path / "channels.toml"))
    if serves:
        assert checked(channel, to, office) == to
        return
    with pytest.raises(Malformed, match="robot_not_for_the_office"):
        checked(channel, to, office)

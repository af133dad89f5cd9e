"""Group robots of 企业微信 and 钉钉: how much is waiting, and where to log in. Never a household, never a person.

A group has members whom nobody checked. So the words are made here, from counts under names of a fixed list and the login page of the
settings; the letter's own text is not sent, and a letter whose data says anything else but whose `office` the counts are is refused
(`not_for_groups`). A letter's `to` is the name of a robot in the settings, because the robot's real address is itself a secret.

[known] The two protocols are written from memory of the public documents and were not tried against the real servers: 企业微信 takes
the key in the URL, errcode 45009 = too many, 93000 = no such webhook; 钉钉 takes access_token, timestamp (ms) and sign in the URL,
90030, 130101 and 410100 = too many, 310000 = signature or keyword wrong, 300001 = no such token. Both answer 200 with an errcode. Both
allow 20 messages a minute; 钉钉 then takes none for ten minutes, which it does not say in the answer.
"""

import base64
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import SecretStr

from services.notifications.channels.letter import Letter, Outcome, Receipt
from services.notifications.channels.provider_post import Answer, Poster, https, not_understood

WORDS = {"new": "新增", "open": "待办", "due_soon": "临近期限", "overdue": "已逾期", "escalated": "已上报"}  # what may be counted
_LATER = {-1: "busy", 45009: "rate_limited", 90030: "rate_limited", 130101: "rate_limited", 410100: "rate_limited"}
_SHUT_FOR = dict.fromkeys((90030, 130101, 410100), 600.0)  # seconds
_GONE = {93000: "robot_unknown", 300001: "robot_unknown"}
_REFUSED = {310000: "signature_or_keyword"}


@dataclass(frozen=True, slots=True)
class RobotSettings:
    """One group's robot. `token`: 企业微信's key, 钉钉's access_token; `sign`: 钉钉's secret. `site`: the page where its members log in.
    `offices`: whose work its group is told of ("CL:533401"); empty: that of any office that subscribes.
    """

    kind: Literal["wecom", "dingtalk"]
    url: str
    site: str
    token: SecretStr = field(repr=False)
    sign: SecretStr | None = field(default=None, repr=False)
    offices: tuple[str, ...] = ()
    ca_file: Path | None = None
    seconds: float = 10

    def __post_init__(self) -> None:
        https(self.url)
        https(self.site)
        if (self.kind == "dingtalk") != (self.sign is not None):
            raise ValueError("sign_file belongs to dingtalk, and dingtalk needs it")


class RobotSender:
    """The sender over all configured robots, by name."""

    def __init__(self, robots: Mapping[str, RobotSettings]) -> None:
        self._robots = robots
        self._posters = {name: Poster(given.ca_file, given.seconds) for name, given in robots.items()}

    async def send(self, letter: Letter) -> Receipt:
        """Try once."""
        given = self._robots.get(letter.to)
        if given is None:
            return Receipt(Outcome.REFUSED, reason="robot_not_configured")
        office, counts = letter.data.get("office"), {name: n for name, n in letter.data.items() if name != "office"}
        if given.offices and office not in given.offices:
            return Receipt(Outcome.REFUSED, reason="robot_of_another_office")
        words = _words(counts, given.site)
        if words is None:
            return Receipt(Outcome.REFUSED, reason="not_for_groups")
        answer = await self._posters[letter.to].post(_address(given, time.time_ns() // 1_000_000), _message(given, words))
        return answer if isinstance(answer, Receipt) else _read(answer)

    async def ask(self, reference: str) -> Receipt | None:
        """None: a robot does not answer questions."""
        return None

    async def close(self) -> None:
        """Close connections."""
        for poster in self._posters.values():
            await poster.close()


def _words(counts: Mapping[str, Any], site: str) -> str | None:
    """The message, or None when the data is not counts."""
    if not counts or not counts.keys() <= WORDS.keys() or not all(type(n) is int and n >= 0 for n in counts.values()):
        return None
    work = "，".join(f"{word} {counts[name]} 件" for name, word in WORDS.items() if name in counts)
    return f"守望：{work}。\n[登录查看]({site})"


def _message(given: RobotSettings, words: str) -> bytes:
    content = {"content": words} if given.kind == "wecom" else {"title": "守望", "text": words}
    return json.dumps({"msgtype": "markdown", "markdown": content}, ensure_ascii=False).encode()


def _address(given: RobotSettings, milliseconds: int) -> str:
    token = given.token.get_secret_value()
    if given.sign is None:
        return f"{given.url}?{urlencode({'key': token})}"
    secret = given.sign.get_secret_value()
    sign = base64.b64encode(hmac.digest(secret.encode(), f"{milliseconds}\n{secret}".encode(), "sha256")).decode()
    return f"{given.url}?{urlencode({'access_token': token, 'timestamp': milliseconds, 'sign': sign})}"


def _read(answer: Answer) -> Receipt:
    match answer.said.get("errcode"):
        case 0:
            return Receipt(Outcome.SENT)
        case int(code) if code in _LATER:
            return Receipt(Outcome.LATER, reason=_LATER[code], retry_after=_SHUT_FOR.get(code))
        case int(code) if code in _GONE:
            return Receipt(Outcome.GONE, reason=_GONE[code])
        case int(code) if abs(code) < 10**7:  # a longer one is none of theirs, and a reason gets into events
            return Receipt(Outcome.REFUSED, reason=_REFUSED.get(code, f"errcode_{abs(code)}"))
    return not_understood(answer)

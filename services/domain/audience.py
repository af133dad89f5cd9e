"""Who reads a text that the system writes, and which words may not stand in one for that reader (domain reference 7.2).

A leaf that every service may import: whoever puts words of its own into its events checks them by the same list as the texts do.
"""

import re
from enum import StrEnum


class Receiver(StrEnum):
    """Who reads a text."""

    VILLAGE = "VILLAGE"
    AGENCY = "AGENCY"
    GROUP = "GROUP"  # a robot in a work group's chat
    PERSON = "PERSON"  # SMS or voice to the person or guardian


_NUMBERS = "身份证号|银行卡|账号|卡号|密码|验证码"
_NATURE = "等级|类别|[一二三四]级|视力|听力|言语|肢体|智力|精神"
_WORDS = {
    Receiver.VILLAGE: f"{_NUMBERS}|{_NATURE}",
    Receiver.AGENCY: f"{_NUMBERS}|{_NATURE}",
    Receiver.GROUP: f"{_NUMBERS}|{_NATURE}|残疾",
    Receiver.PERSON: f"{_NUMBERS}|{_NATURE}|https?:|www\\.|链接|点击|扫码|元|金额|补贴标准|残疾",
}


def unsayable(receiver: Receiver, text: str) -> str | None:
    """The first word of a text that this receiver may not be told, if there is one."""
    found = re.search(_WORDS[receiver], text)
    return found[0] if found else None

"""What shows a person: names, citizen ids and phones as far as they may be shown (domain reference, 7.2), and what looks like the number of
a person in a text: a citizen id, a certificate number made of one, a phone, an account. Pure.

The search is a net below the rules that keep persons out of logs and events. It knows no names, and a number that somebody hides on
purpose it does not find.
"""

import re
import unicodedata

# What only looks like one: UUIDs and digests, which may be of digits alone between their letters and dashes.
_OURS = r"(?P<ours>(?<![0-9a-fA-F-])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9a-fA-F-])|(?=[0-9]*[a-fA-F])[0-9a-fA-F]{32,})"
_PHONE = r"(?<![0-9])(?:(?:\+|00)?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9])"
_LONG = (
    r"[0-9](?:[ -]?[0-9]){14,}[Xx]?(?:[0-9]{2})?"  # fifteen digits and more, in groups or not, with what a certificate number adds
)
_ANY = re.compile(f"{_OURS}|{_PHONE}|{_LONG}")
# What stands in a code is taken for somebody's number by its form alone, in groups or not, since a code is kept for ever.
_DAY, _GAP = r"(?:0[1-9]|1[0-2]){gap}(?:0[1-9]|[12][0-9]|3[01])", "[ ._-]?"
_GROUPED = r"(?<![0-9])[1-9][0-9]{5}" + f"{_GAP}(?:19|20)[0-9][0-9]{_GAP}{_DAY.format(gap=_GAP)}{_GAP}[0-9]{{3}}[0-9Xx](?![0-9])"
_OLD = r"(?<![0-9])[1-9][0-9]{5}" + f"{_GAP}[0-9][0-9]{_DAY.format(gap='')}{_GAP}[0-9]{{3}}(?![0-9])"  # fifteen digits, until 1999
_SOMEBODY = re.compile(rf"[0-9]{{17}}[0-9Xx]|{_GROUPED}|{_OLD}|{_PHONE.replace('[ -]', '[ ._-]')}")


def blanked(text: str, by: str) -> str:
    """The text with everything that looks like a person's number replaced; ids and digests of ours stay."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)  # digits of full width are digits
    clean = _ANY.sub(lambda found: found[0] if found["ours"] else by, plain)
    return text if clean == plain else clean


def names_somebody(text: str) -> bool:
    """Whether a citizen id or a mobile number stands in the text as it is usually written."""
    plain = unicodedata.normalize("NFKC", text)
    return bool(_SOMEBODY.search(plain))


def masked_id(citizen_id: str) -> str:
    """533499********0013."""
    return citizen_id[:6] + "*" * 8 + citizen_id[14:]


def masked_name(name: str) -> str:
    """The first character, or the part before the separator dot, and stars for the rest."""
    head, dot, tail = name.partition("·")
    return head + dot + "*" * len(tail) if dot else name[:1] + "*" * max(1, len(name) - 1)


def masked_phone(phone: str) -> str:
    """138****5678; of a number too short for that, nothing."""
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:] if len(phone) > 7 else "*" * len(phone)

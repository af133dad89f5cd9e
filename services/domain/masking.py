"""Names, citizen ids and phones as far as they may be shown (domain reference, 7.2)."""


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

"""What of a person is shown to whom: names, citizen ids and phones by the reader's agency, names on public notices; and how far a
search by name goes. Pure.

Which agency sees what is a policy row (domain reference, 7.2); division, purpose and the record of a read are for the endpoint.
"""

from services.certificates.policy.rows import Shown
from services.domain import personal


def name(full: str, shown: Shown) -> str:
    """A name as it is shown; empty when it is not."""
    match shown:
        case Shown.FULL:
            return full
        case Shown.MASKED:
            return personal.masked_name(full)
        case Shown.HEAD:
            return f"{full[:1]}某"
        case Shown.ABSENT:
            return ""


def citizen_id(full: str, shown: Shown) -> str:
    """A citizen id as it is shown: masked, or empty."""
    return personal.masked_id(full) if shown is Shown.MASKED else ""


def phone(full: str | None, shown: Shown) -> str | None:
    """A phone as it is shown; None when it is not, or when there is none."""
    if not full or shown is Shown.ABSENT:
        return None
    return full if shown is Shown.FULL else personal.masked_phone(full)

"""What a mail server's refusal means, by its enhanced status code (RFC 3463; the registry of RFC 5248) and, without one, by its reply code.

Three questions decide: has this mailbox ended, may the same letter go later, and is it we whom the server refuses (our address, our
network's name, our software)? The last is for an operator to mend, and no letter is at fault for it: so it waits as well, for as long as
any other. What is wrong with this letter alone is refused for good.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from services.notifications.channels.letter import Outcome, Receipt


class Meaning(StrEnum):
    """What a status says of the letter and its address."""

    ENDED = "ENDED"  # there is no such mailbox (any more): nothing goes there again
    WAITS = "WAITS"  # the mailbox or its server cannot now
    OPERATOR = "OPERATOR"  # we are not welcome, or do it wrong: somebody of ours has to look
    LETTER = "LETTER"  # this letter will never be taken


@dataclass(frozen=True, slots=True)
class Status:
    """A meaning, and the reason that receipts and metrics carry."""

    meaning: Meaning
    reason: str


# By subject and detail; the class (4 or 5) adds that a 4 may always be tried again. A subject alone stands for details that it has not.
_STATUSES = {
    "1": Status(Meaning.LETTER, "address_refused"),
    "1.1": Status(Meaning.ENDED, "mailbox_unknown"),
    "1.2": Status(Meaning.ENDED, "domain_unknown"),
    "1.3": Status(Meaning.ENDED, "address_not_valid"),
    "1.4": Status(Meaning.LETTER, "address_ambiguous"),
    "1.6": Status(Meaning.ENDED, "mailbox_moved"),
    "1.7": Status(Meaning.OPERATOR, "sender_not_valid"),
    "1.8": Status(Meaning.OPERATOR, "sender_not_valid"),
    "1.9": Status(Meaning.OPERATOR, "not_compliant"),
    "1.10": Status(Meaning.ENDED, "takes_no_mail"),  # a null MX (RFC 7505)
    "2": Status(Meaning.WAITS, "mailbox_not_available"),
    "2.1": Status(Meaning.ENDED, "mailbox_disabled"),
    "2.2": Status(Meaning.WAITS, "mailbox_full"),  # "persistent": until its owner has tidied up
    "2.3": Status(Meaning.LETTER, "message_too_long"),
    "2.4": Status(Meaning.WAITS, "mailing_list_broken"),
    "3": Status(Meaning.WAITS, "server_not_available"),
    "3.3": Status(Meaning.OPERATOR, "feature_not_supported"),
    "3.4": Status(Meaning.LETTER, "message_too_long"),
    "4": Status(Meaning.WAITS, "route_not_available"),
    "5": Status(Meaning.OPERATOR, "protocol_refused"),
    "6": Status(Meaning.LETTER, "content_refused"),
    "7": Status(
        Meaning.OPERATOR, "policy_refused"
    ),  # 7.1 and its kin: lists of senders, keys, signatures, names of hosts (7.20 to 7.29)
    "7.2": Status(Meaning.LETTER, "mailing_list_closed"),
    "7.13": Status(Meaning.OPERATOR, "account_disabled"),  # ours, at the server that we hand our mail to
    "7.15": Status(Meaning.LETTER, "priority_too_low"),
    "7.16": Status(Meaning.LETTER, "message_too_long"),
    "7.17": Status(Meaning.ENDED, "mailbox_owner_changed"),  # RFC 7293: it is somebody else's now
    "7.18": Status(Meaning.ENDED, "domain_owner_changed"),
}
# Without an enhanced code. 550 alone may be an unknown mailbox or a policy (RFC 5321, 4.2.3): nobody knows, so nothing has ended.
_REPLIES = {
    521: Status(Meaning.ENDED, "takes_no_mail"),
    552: Status(Meaning.WAITS, "mailbox_full"),
    556: Status(Meaning.ENDED, "takes_no_mail"),
}
_ENHANCED = re.compile(r"([245])\.([0-9]{1,3}\.[0-9]{1,3})(?![0-9.])")


def status_of(code: int, text: str) -> Status | None:
    """What the server said; None when its reply code alone speaks, and says no more than that it refuses."""
    found = _ENHANCED.match(text)
    if code in (521, 556):
        return _REPLIES[code]  # RFC 7504: the whole host or domain, whatever stands beside it
    if found is None or int(found[1]) != code // 100:  # a text that contradicts its own reply is no status
        return _REPLIES.get(code)
    subject, _, detail = found[2].partition(".")
    return _STATUSES.get(f"{int(subject)}.{int(detail)}") or _STATUSES.get(f"{int(subject)}") or _REPLIES.get(code)


def refused(code: int, text: str, otherwise: str) -> Receipt:
    """The receipt of a letter that was refused with this reply; `otherwise`: the reason where the reply code says all there is."""
    if code // 100 not in (4, 5):  # no answer of this protocol: nobody knows what it did
        return Receipt(Outcome.UNKNOWN, reason="answer_not_understood")
    known = status_of(code, text)
    reason = known.reason if known else otherwise
    if code // 100 == 4 or (known and known.meaning in (Meaning.WAITS, Meaning.OPERATOR)):
        return Receipt(Outcome.LATER, reason=reason)
    return Receipt(Outcome.GONE if known and known.meaning is Meaning.ENDED else Outcome.REFUSED, reason=reason)

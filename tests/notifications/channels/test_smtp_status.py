"""Refusals of mail servers: what ends an address, what waits, what an operator has to mend, and what is this letter's own fault."""

import re

import pytest

from services.notifications.channels.letter import Outcome, Receipt
from services.notifications.channels.smtp_status import refused

# The registry of enhanced status codes as IANA has it, by what each means for us.
ENDED = "1.1 1.2 1.3 1.6 1.10 2.1 7.17 7.18"
WAITS = "2.0 2.2 2.4 3.0 3.1 3.2 3.5 3.6 4.0 4.1 4.2 4.3 4.4 4.5 4.6 4.7 4.8"
OPERATOR = (
    "1.7 1.8 1.9 3.3 5.0 5.1 5.2 5.3 5.4 5.5 5.6 7.0 7.1 7.3 7.4 7.5 7.6 7.7 7.8 7.9 7.10 7.11 7.12 7.13 7.14 7.19 7.20 7.21 7.22 7.23 "
    "7.24 7.25 7.26 7.27 7.28 7.29 7.30"
)
LETTER = "1.0 1.4 1.5 2.3 3.4 6.0 6.1 6.2 6.3 6.4 6.5 6.6 6.7 6.8 6.9 6.10 7.2 7.15 7.16"
MEANT = [(ENDED, Outcome.GONE), (WAITS, Outcome.LATER), (OPERATOR, Outcome.LATER), (LETTER, Outcome.REFUSED)]


@pytest.mark.parametrize(("details", "outcome"), MEANT)
def test_every_registered_status_means_one_thing(details: str, outcome: Outcome) -> None:
    found = {detail: refused(550, f"5.{detail} no", "otherwise") for detail in details.split()}
    assert {receipt.outcome for receipt in found.values()} == {outcome}
    assert all(
        receipt.reason and re.fullmatch(r"[a-z_]+", receipt.reason) and receipt.reason != "otherwise" for receipt in found.values()
    )


@pytest.mark.parametrize(("details", "_"), MEANT)
def test_what_is_temporary_waits_whatever_it_is(details: str, _: Outcome) -> None:
    assert {refused(450, f"4.{detail} later", "otherwise").outcome for detail in details.split()} == {Outcome.LATER}


@pytest.mark.parametrize(
    ("code", "text", "receipt"),
    [
        (550, "5.7.1 Relaying denied", Receipt(Outcome.LATER, reason="policy_refused")),
        (550, "5.1.1 <a@example.cn>: unknown\n5.1.1 in virtual table", Receipt(Outcome.GONE, reason="mailbox_unknown")),
        (550, "User unknown", Receipt(Outcome.REFUSED, reason="otherwise")),
        (550, "see 5.1.1 below", Receipt(Outcome.REFUSED, reason="otherwise")),
        (550, "4.1.1 contradicts itself", Receipt(Outcome.REFUSED, reason="otherwise")),
        (550, "5.1.1.1 is no status", Receipt(Outcome.REFUSED, reason="otherwise")),
        (550, "٥.١.١ no", Receipt(Outcome.REFUSED, reason="otherwise")),
        (550, "5.0.0 no", Receipt(Outcome.REFUSED, reason="otherwise")),
        (550, "5.99.1 of a later table", Receipt(Outcome.REFUSED, reason="otherwise")),
        (550, "5.7.99 of a later table", Receipt(Outcome.LATER, reason="policy_refused")),
        (552, "quota", Receipt(Outcome.LATER, reason="mailbox_full")),
        (521, "5.3.2 takes no mail", Receipt(Outcome.GONE, reason="takes_no_mail")),
        (556, "", Receipt(Outcome.GONE, reason="takes_no_mail")),
        (451, "greylisted", Receipt(Outcome.LATER, reason="otherwise")),
        (299, "5.1.1 nonsense", Receipt(Outcome.UNKNOWN, reason="answer_not_understood")),
    ],
)
def test_a_reply_is_read_as_far_as_it_speaks(code: int, text: str, receipt: Receipt) -> None:
    assert refused(code, text, "otherwise") == receipt

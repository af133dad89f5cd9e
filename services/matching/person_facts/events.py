"""What matching publishes of a person as a full state: leads by the lists and the register, for services downstream. Pseudonyms only."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from services.kernel.events import message
from services.matching.vocabulary import Decision, Finding, Subsidy


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsidyStands:
    """What stands of one of the two subsidies. `entitled` is likely, by the lists and the register: a lead, no decision; None is unknown, not
    no. `decided` is what civil affairs' own list of approvals says, for the months from `decided_from` to before `decided_until`."""

    subsidy: Subsidy
    entitled: bool | None
    from_month: str | None  # the first month of which `entitled` holds
    decided: Decision | None
    decided_from: str | None
    decided_until: str | None
    last_paid_month: str | None  # the newest month that sheets pay and nothing took back; None: no sheet that came in pays any
    at_risk_by: date | None  # the last valid day of the card without which it is paid no more, while it is paid


@message
class PersonFacts:
    """What the lists and the register say of a person's subsidies, and which types of findings are open; key = the person's pseudonym.

    A tombstone says that nothing is told of them any more: who died or left the province, of whom no finding is open.
    """

    STATE_TOPIC: ClassVar[str] = "matching.person_facts.state.v1"

    division: str  # the person's village
    subsidies: tuple[SubsidyStands, ...]  # those of which anything is known
    open_findings: tuple[Finding, ...]  # each type once: leads, to be verified

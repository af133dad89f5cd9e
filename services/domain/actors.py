"""Who acted, read from the text that events and contexts carry: an office with a person in it, or a machine. Pure."""

from dataclasses import dataclass

from services.domain.divisions import Level, level

MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: an agency code (like CL), the division of its office, and the pseudonym of the person in it.

    A machine has the agency "machine" and, where the division of an office stands, the name of what acts
    ("notifications.delivering"). On the wire an actor stays text, "agency:division:subject" or "machine:name".
    """

    agency: str
    division: str
    subject: str

    @classmethod
    def parse(cls, text: str) -> "Actor":
        """The actor behind the text, or the office behind "agency:division"; what is not said is empty. Raises nothing."""
        agency, _, rest = text.partition(":")
        division, _, subject = rest.partition(":")
        return cls(agency, division, subject)

    def __str__(self) -> str:
        return f"{self.agency}:{self.division}:{self.subject}".rstrip(":")

    @property
    def is_machine(self) -> bool:
        """Whether nobody in an office acted."""
        return self.agency == MACHINE

    @property
    def level(self) -> Level | None:
        """At which level the office works; None for a machine and for what is no division."""
        return level(self.division)

    @property
    def office(self) -> str:
        """The office without the person, "agency:division"; a machine says what it is."""
        return str(self if self.is_machine else Actor(self.agency, self.division, ""))

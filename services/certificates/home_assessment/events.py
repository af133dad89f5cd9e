"""What the register says of rounds of home assessment (上门评残): stream = round id.

Who is in a round is said by the certificates' own events (`HomeAssessmentScheduled`, `HomeAssessmentMissed`), never here.
"""

from datetime import date

from services.kernel.events import event


@event
class HomeRoundPlanned:
    """上门评残批次: an institution's doctor comes to a township or village on a day, for so many persons (joint opinion, part 5)."""

    division: str  # township (nine digits) or village (twelve)
    on: date
    institution: str  # code
    doctor: str  # a pseudonymous code, never a name
    quota: int


@event
class HomeRoundMoved:
    """The round comes on another day; those in it are told by their own events."""

    from_on: date
    on: date
    reason: str  # code, e.g. "road_closed"


@event
class HomeRoundCancelled:
    """The round does not come; those in it wait for another."""

    reason: str  # code
    cancelled_on: date


@event
class HomeRoundClosed:
    """The round is over and everybody in it has a result: so many were assessed, so many could not be."""

    closed_on: date
    done: int
    missed: int


RoundEvent = HomeRoundPlanned | HomeRoundMoved | HomeRoundCancelled | HomeRoundClosed

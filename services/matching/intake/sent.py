"""What an office says of a file that it sends, and whether it may. Pure; checked before anybody looks into the file."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from services.domain.divisions import Level, level
from services.kernel.errors import Malformed
from services.kernel.events import Context, stream_id
from services.matching.policy.load import MatchingPolicy
from services.matching.roster.decider import check_may_send
from services.matching.roster.period import check_period
from services.matching.vocabulary import RosterKind

LARGEST = 32 << 20  # bytes of a file, as at the HTTP door


@dataclass(frozen=True, slots=True)
class Sent:
    """A file: which list, of which county (six digits), as of which day, of which month or year, by which agency; `digest`: SHA-256 of its
    bytes, hexadecimal; `size` in bytes."""

    kind: RosterKind
    division: str
    as_of: date
    period: str | None
    agency: str
    digest: str
    size: int

    @property
    def roster_id(self) -> UUID:
        """The stream of the file: the same for the same bytes that the same agency sends as the same list."""
        return stream_id("roster", self.agency, self.kind.value, self.division, self.as_of, self.period, self.digest)


def sent(
    kind: RosterKind, division: str, as_of: date | None, period: str | None, data: bytes, policy: MatchingPolicy, context: Context
) -> Sent:
    """The file as the actor of the context says that it is. Raises `Malformed`, `Forbidden`: what `check_may_send` and `check_period`
    raise, and as_of_missing, kind_unknown, division_not_a_county."""
    if as_of is None:
        raise Malformed("as_of_missing", "须写明名单截至哪一天")
    if kind is RosterKind.UNKNOWN:
        raise Malformed("kind_unknown", "没有这类名单")
    if level(division) is not Level.COUNTY:
        raise Malformed("division_not_a_county", "名单须写明一个县（市）的六位代码")
    agency = context.actor.partition(":")[0]
    check_may_send(kind, agency, division, policy, context)
    earliest = policy.intake.one("roster", context.today, division).earliest_month
    check_period(policy.rosters.one(kind, context.today, division).period, as_of, period, context.today, earliest)
    return Sent(kind, division, as_of, period, agency, sha256(data).hexdigest(), len(data))

"""Rows of the policy that say how deliveries behave: channels' conduct, samples, which channels are open, watches."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether a channel may send."""

    open: bool


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a channel that leads outside may be used; the row's id is the channel.

    `concurrency`, `per_recipient`: letters under way at once (to a subscription that fails, one); `per_minute`: of all processes.
    `retry`: seconds from one try to the next, the first is 0; after the last the delivery has failed. `lease`: seconds after which a
    letter under way counts as unknown, more than its sender may take. `resends`: how often a letter of unknown fate goes out again,
    flagged. `ceiling`: letters to a recipient on one day, 0 = no limit. `most`: deliveries in one letter, unless the channel gathers
    (`delivery/pacing.py`). `quiet_from`, `quiet_until`: hours in Shanghai, equal = none. `digest_at`: the hour in Shanghai at which
    digests go out. `fail_days`: of nothing but failures, after which it is disabled.
    """

    concurrency: int
    per_recipient: int
    per_minute: int
    retry: tuple[int, ...]
    lease: int
    resends: int
    ceiling: int
    most: int
    quiet_from: int
    quiet_until: int
    digest_at: int
    fail_days: int


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many test deliveries may be made within 24 hours: for one subscription, and for all of an office together."""

    a_day: int
    office_a_day: int


@dataclass(frozen=True, slots=True)
class Watch:
    """The operators' office: it is told when a subscription was disabled, and has `days` to take note, as the office itself has."""

    agency: str
    place: str  # its division
    days: int

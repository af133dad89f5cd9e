"""Subscribers: who may change what, what a repeat does, which places of the log a rewind may name; who is told of an end."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.kernel.errors import Forbidden, NotFound
from services.notifications import vocabulary
from services.notifications.policy.load import POLICY
from services.notifications.subscription import commands, decider
from services.notifications.subscription import events as subscription_events
from services.notifications.subscription.reactions import tell_disabled
from tests.notifications.samples import recorded
from tests.spec import Spec, spec

DAY = date(2026, 3, 2)
ONE, OTHER = UUID(int=1), UUID(int=2)
REGISTERED = subscription_events.SubscriberRegistered(agency="CL", division="533401")
WANTED = commands.Wanted(("RiskDetected",), vocabulary.NoticeSeverity.MEDIUM)
CHANGED = subscription_events.SubscriptionChanged(
    subscription_id=ONE,
    agency="CL",
    channel=vocabulary.Channel.WEBHOOK,
    event_types=("RiskDetected",),
    least_severity=vocabulary.NoticeSeverity.MEDIUM,
    digest=False,
)
PAUSED, RESUMED = (
    subscription_events.SubscriptionPaused(subscription_id=ONE),
    subscription_events.SubscriptionResumed(subscription_id=ONE),
)
REWOUND = subscription_events.SubscriptionRewound(subscription_id=ONE, to_seq=5, generation=1)
DISABLED = subscription_events.SubscriptionDisabled(
    subscription_id=ONE, agency="CL", channel=vocabulary.Channel.WEBHOOK, reason=vocabulary.DisablingReason.GONE, disabled_on=DAY
)
SUBSCRIBE = commands.Subscribe(ONE, vocabulary.Channel.WEBHOOK, WANTED)
PAST = (REGISTERED, CHANGED)
NEIGHBOURS = ("MZ:533401:a", "CL:533422:b", "CL:5334:c", "CL:533401102:d", "CLX:533401:e")


def office(*past: object) -> Spec:
    """A county federation with this past."""
    return spec(decider.SUBSCRIBER, POLICY).given(*past)


def test_an_office_registers_once() -> None:
    office().when(commands.Register("CL", "533401")).then(REGISTERED)
    office(REGISTERED).when(commands.Register("CL", "533401")).then_nothing()
    assert decider.subscriber_id("CL", "533401") != decider.subscriber_id("CL", "533422")


def test_a_subscription_is_made_and_changed_and_a_repeat_changes_nothing() -> None:
    office(REGISTERED).when(SUBSCRIBE).then(CHANGED)
    office(*PAST).when(SUBSCRIBE).then_nothing()
    office(*PAST).when(commands.Change(ONE, WANTED)).then_nothing()
    office(*PAST).when(commands.Change(ONE, replace(WANTED, digest=True))).then(replace(CHANGED, digest=True))
    office(*PAST).when(commands.Change(ONE, commands.Wanted(("Moonrise",)))).rejected("event_type_never_told")
    for channel in (vocabulary.Channel.INBOX, vocabulary.Channel.TOPIC, vocabulary.Channel.UNKNOWN):
        office(REGISTERED).when(commands.Subscribe(ONE, channel, WANTED)).rejected("channel_not_for_subscribers")


@pytest.mark.parametrize("inside", ["533401", "533401102", "533401102201"])
def test_divisions_inside_the_offices_own_may_be_wanted(inside: str) -> None:
    office(REGISTERED).when(replace(SUBSCRIBE, wanted=replace(WANTED, divisions=(inside,)))).then(
        replace(CHANGED, divisions=(inside,))
    )
    office(*PAST).when(commands.Change(ONE, replace(WANTED, divisions=(inside,)))).then(replace(CHANGED, divisions=(inside,)))
    chosen_ = replace(CHANGED, divisions=(inside,))
    office(REGISTERED, chosen_).when(commands.Change(ONE, replace(WANTED, divisions=(inside,)))).then_nothing()
    office(REGISTERED, chosen_).when(commands.Change(ONE, WANTED)).then(CHANGED)


@pytest.mark.parametrize("outside", ["5334", "533422", "533422101", "533422101001"])
def test_a_division_outside_the_offices_own_is_refused(outside: str) -> None:
    wanted = replace(WANTED, divisions=("533401102", outside))
    office(REGISTERED).when(replace(SUBSCRIBE, wanted=wanted)).rejected("division_outside_the_office")
    office(*PAST).when(commands.Change(ONE, wanted)).rejected("division_outside_the_office")


@pytest.mark.parametrize("channel", [vocabulary.Channel.WECOM, vocabulary.Channel.DINGTALK, vocabulary.Channel.DROP])
def test_what_gathers_has_only_digests_whatever_is_asked(channel: vocabulary.Channel) -> None:
    gathered = replace(CHANGED, channel=channel, digest=True)
    office(REGISTERED).when(commands.Subscribe(ONE, channel, WANTED)).then(gathered)
    office(REGISTERED, gathered).when(commands.Subscribe(ONE, channel, WANTED)).then_nothing()
    office(REGISTERED, gathered).when(commands.Change(ONE, WANTED)).then_nothing()


def test_an_office_has_one_drop_and_may_have_several_robots() -> None:
    drop, robot = (
        replace(CHANGED, channel=channel, digest=True) for channel in (vocabulary.Channel.DROP, vocabulary.Channel.WECOM)
    )
    office(REGISTERED, drop).when(commands.Subscribe(OTHER, vocabulary.Channel.DROP, WANTED)).rejected("drop_already_subscribed")
    office(REGISTERED, drop).when(commands.Subscribe(OTHER, vocabulary.Channel.WECOM, WANTED)).then(
        replace(robot, subscription_id=OTHER)
    )
    office(REGISTERED, robot).when(commands.Subscribe(OTHER, vocabulary.Channel.WECOM, WANTED)).then(
        replace(robot, subscription_id=OTHER)
    )


def test_pause_and_resume_and_their_repeats() -> None:
    office(*PAST).when(commands.Pause(ONE)).then(PAUSED)
    office(*PAST, PAUSED).when(commands.Pause(ONE)).then_nothing()
    office(*PAST, PAUSED).when(commands.Resume(ONE)).then(RESUMED)
    office(*PAST).when(commands.Resume(ONE)).then_nothing()
    office(*PAST, DISABLED).when(commands.Resume(ONE)).then(RESUMED)
    office(*PAST, DISABLED).when(commands.Pause(ONE)).rejected("subscription_disabled")


@pytest.mark.parametrize(("to", "code"), [(0, "before_the_log"), (2, "before_the_log"), (10, "beyond_the_log")])
def test_a_rewind_stays_inside_the_log(to: int, code: str) -> None:
    office(*PAST).when(commands.Rewind(ONE, to, 3, 9)).rejected(code)


def test_each_rewind_is_another_generation() -> None:
    for to in (3, 9):
        office(*PAST).when(commands.Rewind(ONE, to, 3, 9)).then(replace(REWOUND, to_seq=to))
    office(*PAST, REWOUND).when(commands.Rewind(ONE, 5, 3, 9)).then(replace(REWOUND, generation=2))


def test_the_engine_disables_once() -> None:
    machine = "machine:notifications.delivering"
    office(*PAST).when(commands.Disable(ONE, vocabulary.DisablingReason.GONE), on=DAY, actor=machine).then(DISABLED)
    office(*PAST, DISABLED).when(commands.Disable(ONE, vocabulary.DisablingReason.GONE), on=DAY, actor=machine).then_nothing()


@pytest.mark.parametrize("actor", NEIGHBOURS)
@pytest.mark.parametrize(
    "command",
    [
        commands.Register("CL", "533401"),
        SUBSCRIBE,
        commands.Change(ONE, WANTED),
        commands.Pause(ONE),
        commands.Resume(ONE),
        commands.Rewind(ONE, 1, 1, 1),
        commands.Touch(ONE),
    ],
    ids=lambda c: type(c).__name__,
)
def test_nobody_else_may_not_even_the_same_agency_above_or_below_but_an_operator(actor: str, command: commands.ByOffice) -> None:
    sees = isinstance(command, commands.Register) or actor.startswith(
        "CL:5334:"
    )  # to who does not, the office is one that nobody has
    with pytest.raises(Forbidden if sees else NotFound, match="not_your_office" if sees else "subscriber_unknown"):
        office(*PAST).when(command, actor=actor).then_nothing()
    decided = decider.SUBSCRIBER.decide(decider.SUBSCRIBER.fold(PAST), commands.Operated(command), POLICY, None)  # type: ignore[arg-type]
    assert len(decided) == isinstance(command, commands.Pause | commands.Rewind)


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="subscriber_unknown"):
        office().when(SUBSCRIBE).then_nothing()
    for command in (
        commands.Pause(OTHER),
        commands.Change(OTHER, WANTED),
        commands.Rewind(OTHER, 1, 1, 1),
        commands.Touch(OTHER),
        commands.Resume(OTHER),
    ):
        with pytest.raises(NotFound, match="subscription_unknown"):
            office(*PAST).when(command).then_nothing()


def test_a_disabled_subscription_is_told_to_the_office_and_to_the_operators_once_each() -> None:
    told = tell_disabled(recorded(DISABLED, "533401"), None, POLICY)
    notices = [order[2].notice for order in told]
    assert [(n.agency, n.division, n.channels) for n in notices] == [
        ("CL", "533401", (vocabulary.Channel.INBOX,)),
        ("OPS", "5334", (vocabulary.Channel.INBOX,)),
    ]
    assert len({order[1] for order in told}) == 2
    assert notices[0].text.startswith("CL（533401）的WEBHOOK订阅已停用：接收地址已失效。")

"""What events lead to: notices to offices, the next office after an escalation, the withdrawal of what is over. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.notifications.events import (
    Channel,
    DisablingReason,
    NoticeEscalated,
    NoticeQueued,
    NoticeSeverity,
    SubscriptionDisabled,
    SuppressionReason,
)
from services.notifications.notice import NOTICE, Queue, Suppress, notice_id
from services.notifications.policy import NoticePolicy
from services.notifications.projections import NoticeRow
from services.notifications.routing import channels, notices

_DISABLED = {
    DisablingReason.GONE: "{agency}（{division}）的{channel}订阅已停用：接收地址已失效。请核对地址后恢复，期间通知请查收件箱。",
    DisablingReason.LONG_FAILURE: "{agency}（{division}）的{channel}订阅已停用：多日无法送达。请核对地址后恢复，期间通知请查收件箱。",
    DisablingReason.UNKNOWN: "{agency}（{division}）的{channel}订阅已停用。请核对地址后恢复，期间通知请查收件箱。",
}


def route(recorded: Recorded, over: bool, policy: NoticePolicy) -> Sequence[Any]:
    """One notice per office that a row in force on the event's day names; none when what it says is over already."""
    return (
        []
        if over
        else [
            (NOTICE, notice_id(n.cause_id, n.route, n.agency, n.division, n.stage), Queue(n))
            for n in notices(recorded, policy, recorded.occurred_on)
        ]
    )


def tell_next(recorded: Recorded, first: NoticeRow | None, policy: NoticePolicy) -> Sequence[Any]:
    """The next office, with the rest of the chain, and as many days to acknowledge as the row gives.

    What was withdrawn, or is over, between its escalation and now (`first` is None) is told to nobody else.
    """
    said: NoticeEscalated = recorded.event
    if first is None:
        return []
    days = next((row.value.days for row in reversed(policy.routes.rows) if row.id == first.route), 7)
    following = NoticeQueued(
        route=first.route,
        cause_type=first.cause_type,
        cause_id=first.cause_id,
        subject_id=first.subject_id,
        person_id=first.person_id,
        agency=said.to_agency,
        division=said.to_division,
        subject_division=first.subject_division,
        severity=first.severity,
        text=first.text,
        channels=channels(said.to_division, policy, said.escalated_on),
        acknowledge_by=date.fromordinal(said.escalated_on.toordinal() + days),
        stage=said.stage,
        chain=first.chain[1:],
        reminder=first.reminder,
        cause_version=first.cause_version,
    )
    return [(NOTICE, said.next_notice_id, Queue(following))]


def withdraw(_: Recorded, open_notices: Sequence[UUID], __: NoticePolicy) -> Sequence[Any]:
    """Every notice about the subject that is still open."""
    return [(NOTICE, each, Suppress(SuppressionReason.NO_LONGER_TRUE)) for each in open_notices]


def tell_disabled(recorded: Recorded, _: None, policy: NoticePolicy) -> Sequence[Any]:
    """The office whose subscription was disabled and the operators, in their inboxes: the failed channel says nothing any more."""
    said: SubscriptionDisabled = recorded.event
    watch = policy.watch.one("subscriptions", recorded.occurred_on, recorded.division)
    offices = dict.fromkeys([(said.agency, recorded.division), (watch.agency, watch.place)])
    told = [
        NoticeQueued(
            route="subscription-disabled",
            cause_type="SubscriptionDisabled",
            cause_id=recorded.event_id,
            subject_id=said.subscription_id,
            person_id=None,
            agency=agency,
            division=division,
            subject_division=recorded.division,
            severity=NoticeSeverity.HIGH,
            text=_DISABLED[said.reason].format(agency=said.agency, division=recorded.division, channel=said.channel.value),
            channels=(Channel.INBOX,),
            acknowledge_by=date.fromordinal(said.disabled_on.toordinal() + watch.days),
            stage=0,
            chain=(),
            reminder=None,
            cause_version=recorded.version,
        )
        for agency, division in offices
    ]
    return [(NOTICE, notice_id(n.cause_id, n.route, n.agency, n.division, n.stage), Queue(n)) for n in told]

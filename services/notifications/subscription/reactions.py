"""An office whose subscription was disabled is told so in its inbox."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.kernel.events import Recorded
from services.notifications.notice.commands import Queue
from services.notifications.notice.decider import NOTICE
from services.notifications.notice.events import NoticeQueued
from services.notifications.notice.states import notice_id
from services.notifications.policy.load import NoticePolicy
from services.notifications.subscription.events import SubscriptionDisabled
from services.notifications.vocabulary import Channel, DisablingReason, NoticeSeverity

_DISABLED = {
    DisablingReason.GONE: "{agency}（{division}）的{channel}订阅已停用：接收地址已失效。请核对地址后恢复，期间通知请查收件箱。",
    DisablingReason.LONG_FAILURE: "{agency}（{division}）的{channel}订阅已停用：多日无法送达。请核对地址后恢复，期间通知请查收件箱。",
    DisablingReason.UNKNOWN: "{agency}（{division}）的{channel}订阅已停用。请核对地址后恢复，期间通知请查收件箱。",
}


def tell_disabled(recorded: Recorded, _: None, policy: NoticePolicy) -> Sequence[Any]:
    """The office whose subscription was disabled and the operators, in their inboxes: the failed channel says nothing any more."""
    event: SubscriptionDisabled = recorded.event
    watch = policy.watch.one("subscriptions", recorded.occurred_on, recorded.division)
    offices = dict.fromkeys([(event.agency, recorded.division), (watch.agency, watch.place)])
    notices = [
        NoticeQueued(
            route="subscription-disabled",
            cause_type="SubscriptionDisabled",
            cause_id=recorded.event_id,
            subject_id=event.subscription_id,
            person_id=None,
            agency=agency,
            division=division,
            subject_division=recorded.division,
            severity=NoticeSeverity.HIGH,
            text=_DISABLED[event.reason].format(agency=event.agency, division=recorded.division, channel=event.channel.value),
            channels=(Channel.INBOX,),
            acknowledge_by=event.disabled_on + timedelta(days=watch.days),
            stage=0,
            chain=(),
            reminder=None,
            cause_version=recorded.version,
        )
        for agency, division in offices
    ]
    return [(NOTICE, notice_id(n.cause_id, n.route, n.agency, n.division, n.stage), Queue(n)) for n in notices]

"""What an agency says on its own reply topic. A message, not history: what it brings about is in the notice's stream."""

from datetime import date
from uuid import UUID

from services.domain.codes import Word
from services.kernel.events import message
from services.notifications.vocabulary import ReturnReason, WorkOutcome


class ReplyKind(Word):
    """What an office does with a notice."""

    UNKNOWN = "UNKNOWN"
    ACKNOWLEDGE = "ACKNOWLEDGE"  # 签收
    ACCEPT = "ACCEPT"  # 受理
    REJECT = "REJECT"  # 退回
    REPORT = "REPORT"  # 办结反馈


@message
class AgencyReply:
    """An office's answer to a notice, on `agency.<code>.<division>.replies.v1`; the topic says who answers, not the content."""

    reply_id: UUID  # made by the office; the same id again does nothing
    notice_id: UUID
    what: ReplyKind
    by_on: date | None = None  # ACCEPT: the office's own date; null = as long as the row allows
    reason: ReturnReason | None = None  # REJECT: why it is not this office's
    outcome: WorkOutcome | None = None  # REPORT: what came of it
    acted_on: date | None = None  # REPORT: when that was

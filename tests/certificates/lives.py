"""Every state that an application or certificate can be in, each with the past that leads to it; and one command of every kind."""

from datetime import date
from typing import Any
from uuid import UUID

from services.certificates import commands as c
from services.certificates import events as e
from services.certificates import terms as t
from services.certificates.mirror import Missing, Record
from services.certificates.states import RoundFacts
from tests.certificates import story as s

ROUND, OBJECTION = UUID(int=70), UUID(int=71)
AHEAD = RoundFacts(ROUND, s.VILLAGE[:9], date(2031, 4, 2), "H01", open=True, free=3)
DAY = date(2026, 4, 1)
HOME = e.AssessmentOrdered(
    institution="H01", ordered_on=date(2026, 3, 4), setting=t.AssessmentSetting.HOME, due_on=date(2026, 4, 1)
)
RAISED = e.ObjectionRaised(objection_id=OBJECTION, raised_on=date(2026, 3, 10))
DISPUTED = e.AssessmentDisputed(level=t.DisputeLevel.PREFECTURE, disputed_on=date(2026, 3, 10))
LOST = e.CertificateReportedLost(person_id=s.PERSON, reported_on=date(2026, 3, 20))
FROZEN = e.CertificateFrozen(person_id=s.PERSON, reason=t.FreezeReason.IN_DOUBT, evidence="letter", frozen_on=date(2026, 3, 20))
TOLD = e.HolderTold(action=t.ProposedAction.CANCEL, way=t.TellingWay.PHONE, told_on=date(2026, 3, 20))
PROPOSED = e.CertificateActionProposed(
    person_id=s.PERSON,
    action=t.ProposedAction.CANCEL,
    reason="DEATH",
    source=t.ProposalSource.ROSTER,
    proposed_on=date(2026, 3, 20),
)
OUT = e.CertificateTransferredOut(
    person_id=s.PERSON, from_division=s.VILLAGE, to_division="533401204002", transferred_on=date(2026, 3, 20)
)
REVIEW = e.ReviewOpened(kind=t.ReviewKind.REGRADE, opened_on=date(2026, 3, 20))
REORDERED = e.AssessmentOrdered(institution="H01", ordered_on=date(2026, 3, 23))
WORSE = e.AssessmentCompleted(completed_on=date(2026, 3, 24), meets_standard=True, category=t.Category.PHYSICAL, grade=1)
NO_MORE = e.AssessmentCompleted(completed_on=date(2026, 3, 24), meets_standard=False, category=None, grade=None)
UPHELD = e.DisputeDecided(level=t.DisputeLevel.PREFECTURE, upheld=False, final=False, decided_on=date(2026, 3, 20))

STATES: dict[str, tuple[Any, ...]] = {
    "无": (),
    "已申请": s.APPLIED_PAST,
    "退回补正": (*s.APPLIED_PAST, s.RETURNED),
    "已受理": s.ACCEPTED_PAST,
    "评定中": s.ORDERED_PAST,
    "待上门评定": (*s.ACCEPTED_PAST, HOME),
    "已编入上门批次": (*s.ACCEPTED_PAST, HOME, e.HomeAssessmentScheduled(round_id=ROUND, on=date(2026, 3, 20))),
    "符合标准": s.MET_PAST,
    "不符合标准": s.NOT_MET_PAST,
    "公示单已下发": s.SHEET_PAST,
    "公示中": s.NOTICE_PAST,
    "公示中有异议": (*s.NOTICE_PAST, RAISED),
    "公示结束": s.CLOSED_PAST,
    "公示有异议": (*s.NOTICE_PAST, RAISED, e.PublicNoticeClosed(closed_on=date(2026, 3, 17), objections=1)),
    "不予办理": s.REFUSED_PAST,
    "异议处理中": (*s.REFUSED_PAST, DISPUTED),
    "异议不成立": (*s.REFUSED_PAST, DISPUTED, UPHELD),
    "已撤回": (*s.APPLIED_PAST, e.CertificateApplicationWithdrawn(withdrawn_on=date(2026, 3, 3))),
    "持证": s.ISSUED_PAST,
    "持证，拟注销": (*s.ISSUED_PAST, PROPOSED),
    "持证，已告知注销": (*s.ISSUED_PAST, PROPOSED, TOLD),
    "挂失": (*s.ISSUED_PAST, LOST),
    "冻结": (*s.ISSUED_PAST, FROZEN),
    "迁移待接收": (*s.ISSUED_PAST, OUT),
    "持证，结论有异议": (*s.ISSUED_PAST, DISPUTED),
    "复评待转介": (*s.ISSUED_PAST, REVIEW),
    "复评中": (*s.ISSUED_PAST, REVIEW, REORDERED),
    "复评有变更": (*s.ISSUED_PAST, REVIEW, REORDERED, WORSE),
    "复评不再符合": (*s.ISSUED_PAST, REVIEW, REORDERED, NO_MORE),
    "已注销": (*s.ISSUED_PAST, s.CANCELLED),
}
COMMANDS: tuple[Any, ...] = (
    c.Apply(s.PERSON, s.VILLAGE, t.ApplicationChannel.WINDOW), c.Forward(), c.Accept(), c.Return("photo"), c.Resubmit(), c.Withdraw(),
    c.Refuse("incomplete"), c.Refuse("standard_not_met"), c.GiveNotice(t.InformationTopic.APPLICATION), c.OrderAssessment("H01"),
    c.OrderAssessment("H01", t.AssessmentSetting.HOME), c.ScheduleVisit(AHEAD), c.NoteMissed("absent"),
    c.CompleteAssessment(True, t.Category.PHYSICAL, 2), c.CompleteAssessment(False), c.OrderNotice(), c.StartNotice(),
    c.CloseNotice(), c.RaiseObjection(UUID(int=72)), c.AnswerObjection(OBJECTION, False), c.AnswerObjection(OBJECTION, True),
    c.Issue(), c.Dispute(), c.DecideDispute(True), c.DecideDispute(False), c.Renew(), c.OpenReview(t.ReviewKind.REGRADE),
    c.CloseReview(), c.Regrade(), c.Replace(t.ReplacementReason.DAMAGED), c.ReportLost(), c.Reissue(),
    c.TransferOut("533401204003"), c.TransferIn(), c.Propose(t.ProposedAction.FREEZE, "EXPIRED"), c.Dismiss("alive"),
    c.TellHolder(t.ProposedAction.FREEZE, t.TellingWay.PHONE), c.Freeze(t.FreezeReason.EXPIRED, "letter"), c.Unfreeze(),
    c.Cancel(t.CancellationReason.RECOVERED, "assessment"), c.Cancel(t.CancellationReason.DEATH, "certificate"),
    c.RevokeCancellation("letter"), c.NoteExpiryApproaching(t.ExpiryWindow.SIX_MONTHS), c.NoteExpired(), c.NoteHomeOverdue(),
    Record(s.PERSON, s.VILLAGE, t.Category.PHYSICAL, 2, date(2026, 3, 18), date(2036, 3, 18), DAY),
    Missing(DAY),
)  # fmt: skip

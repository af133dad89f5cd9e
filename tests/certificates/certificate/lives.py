"""Every state that an application or certificate can be in, each with the past that leads to it; and one command of every kind."""

from datetime import date
from typing import Any
from uuid import UUID

from services.certificates import vocabulary
from services.certificates.certificate import commands
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.commands import Missing, Record
from services.certificates.certificate.states import RoundFacts
from tests.certificates.certificate import story

ROUND, OBJECTION = UUID(int=70), UUID(int=71)
AHEAD = RoundFacts(ROUND, story.VILLAGE[:9], date(2031, 4, 2), "H01", open=True, free=3)
DAY = date(2026, 4, 1)
HOME = application_events.AssessmentOrdered(
    person_id=story.PERSON,
    institution="H01",
    ordered_on=date(2026, 3, 4),
    setting=vocabulary.AssessmentSetting.HOME,
    due_on=date(2026, 4, 1),
)
RAISED = application_events.ObjectionRaised(objection_id=OBJECTION, raised_on=date(2026, 3, 10))
DISPUTED = application_events.AssessmentDisputed(level=vocabulary.DisputeLevel.PREFECTURE, disputed_on=date(2026, 3, 10))
LOST = card_events.CertificateReportedLost(person_id=story.PERSON, reported_on=date(2026, 3, 20))
FROZEN = card_events.CertificateFrozen(
    person_id=story.PERSON, reason=vocabulary.FreezeReason.IN_DOUBT, evidence="letter", frozen_on=date(2026, 3, 20)
)
TOLD = card_events.HolderTold(action=vocabulary.ProposedAction.CANCEL, way=vocabulary.TellingWay.PHONE, told_on=date(2026, 3, 20))
PROPOSED = card_events.CertificateActionProposed(
    person_id=story.PERSON,
    action=vocabulary.ProposedAction.CANCEL,
    reason="DEATH",
    source=vocabulary.ProposalSource.ROSTER,
    proposed_on=date(2026, 3, 20),
)
OUT = card_events.CertificateTransferredOut(
    person_id=story.PERSON, from_division=story.VILLAGE, to_division="533401204002", transferred_on=date(2026, 3, 20)
)
REVIEW = card_events.ReviewOpened(kind=vocabulary.ReviewKind.REGRADE, opened_on=date(2026, 3, 20))
REORDERED = application_events.AssessmentOrdered(person_id=story.PERSON, institution="H01", ordered_on=date(2026, 3, 23))
WORSE = application_events.AssessmentCompleted(
    completed_on=date(2026, 3, 24), meets_standard=True, category=vocabulary.Category.PHYSICAL, grade=1
)
NO_MORE = application_events.AssessmentCompleted(completed_on=date(2026, 3, 24), meets_standard=False, category=None, grade=None)
UPHELD = application_events.DisputeDecided(
    level=vocabulary.DisputeLevel.PREFECTURE, upheld=False, final=False, decided_on=date(2026, 3, 20)
)

STATES: dict[str, tuple[Any, ...]] = {
    "无": (),
    "已申请": story.APPLIED_PAST,
    "退回补正": (*story.APPLIED_PAST, story.RETURNED),
    "已受理": story.ACCEPTED_PAST,
    "评定中": story.ORDERED_PAST,
    "待上门评定": (*story.ACCEPTED_PAST, HOME),
    "已编入上门批次": (
        *story.ACCEPTED_PAST,
        HOME,
        application_events.HomeAssessmentScheduled(round_id=ROUND, on=date(2026, 3, 20)),
    ),
    "符合标准": story.MET_PAST,
    "不符合标准": story.NOT_MET_PAST,
    "公示单已下发": story.SHEET_PAST,
    "公示中": story.NOTICE_PAST,
    "公示中有异议": (*story.NOTICE_PAST, RAISED),
    "公示结束": story.CLOSED_PAST,
    "公示有异议": (*story.NOTICE_PAST, RAISED, application_events.PublicNoticeClosed(closed_on=date(2026, 3, 17), objections=1)),
    "不予办理": story.REFUSED_PAST,
    "异议处理中": (*story.REFUSED_PAST, DISPUTED),
    "异议不成立": (*story.REFUSED_PAST, DISPUTED, UPHELD),
    "已撤回": (*story.APPLIED_PAST, application_events.CertificateApplicationWithdrawn(withdrawn_on=date(2026, 3, 3))),
    "持证": story.ISSUED_PAST,
    "持证，拟注销": (*story.ISSUED_PAST, PROPOSED),
    "持证，已告知注销": (*story.ISSUED_PAST, PROPOSED, TOLD),
    "挂失": (*story.ISSUED_PAST, LOST),
    "冻结": (*story.ISSUED_PAST, FROZEN),
    "迁移待接收": (*story.ISSUED_PAST, OUT),
    "持证，结论有异议": (*story.ISSUED_PAST, DISPUTED),
    "复评待转介": (*story.ISSUED_PAST, REVIEW),
    "复评中": (*story.ISSUED_PAST, REVIEW, REORDERED),
    "复评有变更": (*story.ISSUED_PAST, REVIEW, REORDERED, WORSE),
    "复评不再符合": (*story.ISSUED_PAST, REVIEW, REORDERED, NO_MORE),
    "已注销": (*story.ISSUED_PAST, story.CANCELLED),
}
COMMANDS: tuple[Any, ...] = (
    commands.Apply(story.PERSON, story.VILLAGE, vocabulary.ApplicationChannel.WINDOW),
    commands.Forward(),
    commands.Accept(),
    commands.Return("photo"),
    commands.Resubmit(),
    commands.Withdraw(),
    commands.Refuse("incomplete"),
    commands.Refuse("standard_not_met"),
    commands.GiveNotice(vocabulary.InformationTopic.APPLICATION),
    commands.OrderAssessment("H01"),
    commands.OrderAssessment("H01", vocabulary.AssessmentSetting.HOME),
    commands.ScheduleVisit(AHEAD),
    commands.NoteMissed("absent"),
    commands.CompleteAssessment(True, vocabulary.Category.PHYSICAL, 2),
    commands.CompleteAssessment(False),
    commands.OrderNotice(),
    commands.StartNotice(),
    commands.CloseNotice(),
    commands.RaiseObjection(UUID(int=72)),
    commands.AnswerObjection(OBJECTION, False),
    commands.AnswerObjection(OBJECTION, True),
    commands.Issue(),
    commands.Dispute(),
    commands.DecideDispute(True),
    commands.DecideDispute(False),
    commands.Renew(),
    commands.OpenReview(vocabulary.ReviewKind.REGRADE),
    commands.CloseReview(),
    commands.Regrade(),
    commands.Replace(vocabulary.ReplacementReason.DAMAGED),
    commands.ReportLost(),
    commands.Reissue(),
    commands.TransferOut("533401204003"),
    commands.TransferIn(),
    commands.Propose(vocabulary.ProposedAction.FREEZE, "EXPIRED"),
    commands.Dismiss("alive"),
    commands.TellHolder(vocabulary.ProposedAction.FREEZE, vocabulary.TellingWay.PHONE),
    commands.Freeze(vocabulary.FreezeReason.EXPIRED, "letter"),
    commands.Unfreeze(),
    commands.Cancel(vocabulary.CancellationReason.RECOVERED, "assessment"),
    commands.Cancel(vocabulary.CancellationReason.DEATH, "certificate"),
    commands.RevokeCancellation("letter"),
    commands.NoteExpiryApproaching(vocabulary.ExpiryWindow.SIX_MONTHS),
    commands.NoteExpired(),
    commands.NoteHomeOverdue(),
    Record(story.PERSON, story.VILLAGE, vocabulary.Category.PHYSICAL, 2, date(2026, 3, 18), date(2036, 3, 18), DAY),
    Missing(DAY),
)

"""From application to issue (办法 arts 9, 11, 13, 25): what each step leads to. Pure; `decider.py` has checked who asks and when."""

from datetime import date
from typing import assert_never

from services.certificates import vocabulary
from services.certificates.certificate import commands, states
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card.events import CertificateIssued
from services.certificates.certificate.events import Event
from services.certificates.policy.load import CertificatePolicy
from services.certificates.validity import last_valid_day
from services.domain import divisions
from services.domain.months import add_months
from services.kernel.errors import Malformed, Rejected

NOT_MET = "standard_not_met"
_BY_GUARDIAN = {vocabulary.Category.INTELLECTUAL, vocabulary.Category.MENTAL}
_REFUSABLE = (
    states.Applied,
    states.Returned,
    states.Accepted,
    states.InAssessment,
    states.Assessed,
    states.NotMet,
    states.NoticeOrdered,
    states.NoticeClosed,
    states.Contested,
)


Applying = commands.Application | commands.Assessment


def decide(state: states.State, command: Applying, policy: CertificatePolicy, today: date) -> list[Event] | None:
    """The events of a step before the issue; None when the command does not fit the state."""
    match command:
        case commands.Forward():
            fits = isinstance(state, states.Applied) and not state.forwarded
            return [application_events.CertificateApplicationForwarded(forwarded_on=today)] if fits else None
        case commands.Accept():
            fits = isinstance(state, states.Applied)
            return [application_events.CertificateApplicationAccepted(accepted_on=today)] if fits else None
        case commands.Return(missing):
            fits = isinstance(state, states.Applied)
            return [application_events.CertificateApplicationReturned(returned_on=today, missing=missing)] if fits else None
        case commands.Resubmit():
            return [submitted(state.file, today)] if isinstance(state, states.Returned) else None
        case commands.Withdraw():
            fits = isinstance(state, states.Applied | states.Returned | states.Accepted | states.InAssessment)
            return [application_events.CertificateApplicationWithdrawn(withdrawn_on=today)] if fits else None
        case commands.Refuse(reason):
            return _refused(isinstance(state, states.NotMet), reason, today) if isinstance(state, _REFUSABLE) else None
        case (
            commands.OrderAssessment()
            | commands.ScheduleVisit()
            | commands.NoteMissed()
            | commands.CompleteAssessment()
            | commands.Dispute()
            | commands.DecideDispute()
        ):
            return _assessed(state, command, policy, today)
        case commands.OrderNotice() | commands.StartNotice() | commands.CloseNotice():
            return _publicised(state, command, policy, today)
        case commands.RaiseObjection() | commands.AnswerObjection():
            return _objected(state, command, today) if isinstance(state, states.InNotice | states.Contested) else None
        case commands.Issue(guardian):
            return _issued(state, guardian, policy, today) if isinstance(state, states.NoticeClosed) else None
        case _:
            assert_never(command)


def _assessed(state: states.State, command: commands.Assessment, policy: CertificatePolicy, today: date) -> list[Event] | None:
    match state, command:
        case states.Accepted(file) | states.Contested(file), commands.OrderAssessment():
            return [ordered(file, command, policy, today)]
        case states.InAssessment(file, order), commands.ScheduleVisit(into):
            return scheduled(file.division, order, into, today)
        case states.InAssessment(_, order), commands.NoteMissed(reason):
            return missed(order, reason, today)
        case states.InAssessment(), commands.CompleteAssessment():
            return [concluded(command, today)]
        case states.Refused(file, level, since), commands.Dispute():
            return disputed(file.division, level, since, policy, today)
        case states.Disputed(_, level), commands.DecideDispute(upheld):
            return [decided(level, upheld, today)]
    return None


Publicising = commands.OrderNotice | commands.StartNotice | commands.CloseNotice


def _publicised(state: states.State, command: Publicising, policy: CertificatePolicy, today: date) -> list[Event] | None:
    match state, command:
        case states.Assessed() | states.Contested(), commands.OrderNotice():
            return [application_events.PublicNoticeOrdered(ordered_on=today)]
        case states.NoticeOrdered(file), commands.StartNotice():
            days = policy.notice.one("public_notice", today, file.division).working_days
            return [application_events.PublicNoticeStarted(starts_on=today, ends_on=policy.calendar.add(today, days))]
        case states.InNotice() as notice, commands.CloseNotice(objections):
            return _taken_down(notice, objections, today)
    return None


Objecting = commands.RaiseObjection | commands.AnswerObjection


def _objected(state: states.InNotice | states.Contested, command: Objecting, today: date) -> list[Event] | None:
    objection, known = command.objection_id, command.objection_id in state.objections
    match command:
        case commands.RaiseObjection():
            return None if known else [application_events.ObjectionRaised(objection_id=objection, raised_on=today)]
        case commands.AnswerObjection(upheld=upheld):
            if not known:
                raise Rejected("objection_unknown", "没有这条待答复的异议")
            return [application_events.ObjectionAnswered(objection_id=objection, upheld=upheld, answered_on=today)]
        case _:
            assert_never(command)


def apply(command: commands.Apply, policy: CertificatePolicy, today: date) -> list[Event]:
    """Voluntary, once at a time, in the village of the hukou (办法 arts 3, 9), by the guardian where one is compulsory.

    Inside a bar (art. 24; months and reasons are policy rows) only a clerk may take it, with a reason.
    """
    if command.channel is vocabulary.ApplicationChannel.UNKNOWN:
        raise Malformed("channel_unknown", "申请渠道不明")
    if policy.township(command.division, today) is None:
        raise Malformed("division_unknown", "行政区划代码应为现行统计用区划的12位村（社区）代码")
    if (command.channel is vocabulary.ApplicationChannel.CROSS_PROVINCE) != (command.accepting_county is not None):
        raise Malformed("accepting_county_contradicts_channel", "跨省通办须注明受理县，其他渠道不得注明")
    known = command.standing
    if known.dead or any(reason is vocabulary.CancellationReason.DEATH for reason, _ in known.cancelled):
        raise Rejected("person_dead", "此人已登记死亡")
    if known.minor and not known.guardian:
        raise Rejected("guardian_missing", "未成年人申请须登记监护人")
    grace = policy.renewal.one("renewal", today, command.division).closes_months_after
    if known.applying or (known.holds_until and today <= add_months(known.holds_until, grace)):
        raise Rejected("application_open", "此人已有在办申请或可换领的残疾人证")
    barred = [(reason, on) for reason, on in known.cancelled if _barred(reason, on, policy, command.division, today)]
    if barred and command.despite is None:
        raise Rejected("barred_after_cancellation", "注销后规定期限内不得再次申请；确有理由的由县级残联注明理由受理")
    file = states.File(command.person_id, command.division, command.channel, today, command.applicant, command.accepting_county)
    return [submitted(file, today, command.despite if barred else None)]


def _barred(reason: vocabulary.CancellationReason, on: date, policy: CertificatePolicy, division: str, today: date) -> bool:
    return today < add_months(on, policy.bar_months(reason, division, today))


def submitted(file: states.File, today: date, despite: str | None = None) -> Event:
    """申请."""
    return application_events.CertificateApplicationSubmitted(
        person_id=file.person_id,
        division=file.division,
        channel=file.channel,
        applied_on=today,
        applicant=file.applicant,
        accepting_county=file.accepting_county,
        despite=despite,
    )


def ordered(file: states.File, command: commands.OrderAssessment, policy: CertificatePolicy, today: date) -> Event:
    """A home assessment has a day until which it is to be done (policy row; joint opinion, part 5)."""
    if command.setting is vocabulary.AssessmentSetting.UNKNOWN:
        raise Malformed("setting_unknown", "评定方式不明")
    rule = policy.assessment.one("assessment", today, file.division)
    home = command.setting is vocabulary.AssessmentSetting.HOME
    due = policy.calendar.add(today, rule.home_working_days) if home else None
    return application_events.AssessmentOrdered(
        person_id=file.person_id, institution=command.institution, ordered_on=today, setting=command.setting, due_on=due
    )


def scheduled(division: str, order: states.Order, into: states.RoundFacts, today: date) -> list[Event]:
    """Only what is to be done at home or in a village session comes into a round: one that is ahead, comes to that village with
    the institution that was ordered, and has a seat. Whoever is in it follows it to another day."""
    inside = order.round_id == into.round_id
    if order.setting is vocabulary.AssessmentSetting.INSTITUTION:
        raise Rejected("not_at_home", "该评定不是上门或集中评定")
    if inside and order.visit_on == into.on:
        return []
    if not into.open or into.on < today:
        raise Rejected("round_over", "该上门批次已取消、已结束或日期已过")
    if not divisions.inside(division, into.division):
        raise Rejected("round_elsewhere", "该上门批次不到申请人所在的村（社区）")
    if order.institution != into.institution:
        raise Rejected("round_of_another_institution", "该上门批次不由受委托的评定机构承担")
    if not inside and into.free < 1:
        raise Rejected("round_full", "该上门批次名额已满")
    return [application_events.HomeAssessmentScheduled(round_id=into.round_id, on=into.on)]


def missed(order: states.Order, reason: str, today: date) -> list[Event]:
    """The round came and could not assess; the request waits for the next."""
    if order.round_id is None:
        raise Rejected("not_in_a_round", "尚未编入上门批次")
    return [application_events.HomeAssessmentMissed(round_id=order.round_id, missed_on=today, reason=reason)]


def concluded(command: commands.CompleteAssessment, today: date) -> Event:
    """Category and grade belong to a conclusion that meets the standard, and only to such a one (办法 arts 9, 13)."""
    category, grade, parts = command.category, command.grade, command.constituents
    if not command.meets_standard:
        if category is not None or grade is not None or parts:
            raise Malformed("conclusion_contradicts_itself", "不符合标准的结论不得有残疾类别或等级")
    elif category in (None, vocabulary.Category.UNKNOWN) or grade is None or not 1 <= grade <= 4:
        raise Malformed("conclusion_incomplete", "符合标准的结论须有残疾类别和一至四级的等级")
    elif category is not vocabulary.Category.MULTIPLE and parts:
        raise Malformed("constituents_not_wanted", "单一残疾不列各类构成")
    elif category is vocabulary.Category.MULTIPLE:
        _multiple(grade, parts)
    return application_events.AssessmentCompleted(
        completed_on=today, meets_standard=command.meets_standard, category=category, grade=grade, constituents=parts
    )


def _multiple(grade: int, parts: tuple[vocabulary.Constituent, ...]) -> None:
    """At least two different disabilities; the grade is that of the most severe (办法 art. 13)."""
    kinds = {part.category for part in parts}
    if len(kinds) < 2 or len(kinds) != len(parts) or kinds & {vocabulary.Category.MULTIPLE, vocabulary.Category.UNKNOWN}:
        raise Malformed("constituents_incomplete", "多重残疾须列明两类以上互不相同的残疾")
    if min(part.grade for part in parts) != grade or not all(1 <= part.grade <= 4 for part in parts):
        raise Malformed("grade_not_the_most_severe", "多重残疾的等级按其中最重的类别确定（办法第十三条）")


def _taken_down(notice: states.InNotice, counted: int, today: date) -> list[Event]:
    if counted < 0:
        raise Malformed("objections_negative", "异议数不能为负")
    if today <= notice.ends_on:
        raise Rejected("notice_still_running", f"公示至{notice.ends_on}，次日起方可结束")
    return [application_events.PublicNoticeClosed(closed_on=today, objections=counted + len(notice.objections))]


def _issued(closed: states.NoticeClosed, guardian: bool, policy: CertificatePolicy, today: date) -> list[Event]:
    """发证 by the county of the hukou; its own number only where it keeps the register itself."""
    require_register(closed.file.division, policy, today)
    conclusion = closed.conclusion
    if not guardian and _BY_GUARDIAN & {conclusion.category, *(part.category for part in conclusion.constituents)}:
        raise Rejected("guardian_missing", "智力、精神残疾须登记监护人")
    return [
        CertificateIssued(
            person_id=closed.file.person_id,
            category=conclusion.category,
            grade=conclusion.grade,
            valid_from=today,
            valid_to=last_day(closed.file.division, policy, today),
            constituents=conclusion.constituents,
        )
    ]


def last_day(division: str, policy: CertificatePolicy, today: date) -> date:
    """The last valid day of a period that begins today (办法 art. 19)."""
    rule = policy.validity.one("validity", today, division)
    return last_valid_day(today, rule.months, rule.last_day)


def require_register(division: str, policy: CertificatePolicy, today: date) -> None:
    """Where the national register is authoritative, number, dates and status come from its roster and from nowhere else."""
    if not policy.registers(division, today):
        raise Rejected("national_register_decides", "本县以全国残疾人人口基础数据库为准：号码、日期、状态由名册导入，不在此产生")


def disputed(
    division: str, level: vocabulary.DisputeLevel | None, since: date | None, policy: CertificatePolicy, today: date
) -> list[Event]:
    """异议 within ten working days of the conclusion (办法 art. 25), first to the prefecture, then to the province, finally."""
    if level is None or since is None:
        raise Rejected("nothing_to_dispute", "没有可以提出异议的评定结论，或已为最终结论")
    last = policy.calendar.add(since, policy.assessment.one("assessment", today, division).dispute_working_days)
    if today > last:
        raise Rejected("dispute_too_late", f"异议应在{last}前提出")
    return [application_events.AssessmentDisputed(level=level, disputed_on=today)]


def decided(level: vocabulary.DisputeLevel, upheld: bool, today: date) -> Event:
    """The province's decision is final."""
    return application_events.DisputeDecided(
        level=level, upheld=upheld, final=level is vocabulary.DisputeLevel.PROVINCE, decided_on=today
    )


def _refused(not_met: bool, reason: str, today: date) -> list[Event]:
    """`standard_not_met` is said exactly of whom the institution said it."""
    if not_met != (reason == NOT_MET):
        raise Rejected("reason_contradicts_assessment", "不予办理的原因与评定结论不一致")
    return [application_events.CertificateApplicationRefused(refused_on=today, reason=reason)]

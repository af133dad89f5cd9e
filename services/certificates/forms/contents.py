"""Which form fits a certificate now, and what it says: from the stream, the person's names and the policy to a `Form`. Pure.

Who may print what stands in `offices.py`; reading names and recording it is for the endpoint.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from services.certificates.certificate import states
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.application.decide import NOT_MET
from services.certificates.certificate.decider import CERTIFICATE, IN_THE_WAY
from services.certificates.certificate.described import CHANNELS
from services.certificates.forms import applicant, public_notice, renewal_reminder
from services.certificates.forms.form import File, Form
from services.certificates.person import masking
from services.certificates.policy.load import CertificatePolicy
from services.domain.divisions import county, prefecture
from services.domain.months import add_months
from services.kernel.errors import Malformed, NotFound, Rejected

T = TypeVar("T")


class Printed(StrEnum):
    """The forms about one application or card."""

    RECEIPT = "acceptance-receipt"
    CORRECTION = "correction-notice"
    REFUSAL = "refusal-notice"
    NOTICE = "public-notice"
    RENEWAL = "renewal-reminder"


TITLES = {
    Printed.RECEIPT: "受理回执",
    Printed.CORRECTION: "补正告知书",
    Printed.REFUSAL: "不予办理告知书",
    Printed.NOTICE: "公示单",
    Printed.RENEWAL: "换证提醒单",
}


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose form it is: name, guardian's name, whether a minor today. `repr` shows none of it."""

    name: str = field(repr=False)
    guardian: str | None = field(repr=False, default=None)
    minor: bool = field(repr=False, default=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A certificate's stream, folded: its id, its events, its state."""

    certificate_id: UUID
    past: tuple[Any, ...]
    state: Any

    def last(self, kind: type[T]) -> T | None:
        """The latest event of a kind since the (latest) submission."""
        for event in reversed(self.past):
            if isinstance(event, kind):
                return event
            if isinstance(event, application_events.CertificateApplicationSubmitted):
                return None
        return None


def case(certificate_id: UUID, past: Sequence[Any]) -> Case:
    """A stream as a case. Raises `NotFound` for one that nobody applied for."""
    state = CERTIFICATE.fold(past)
    if isinstance(state, states.Absent):
        raise NotFound("certificate_unknown", "没有这份申请或残疾人证")
    return Case(certificate_id, tuple(past), state)


def fits(form: Printed, one: Case, policy: CertificatePolicy, today: date) -> None:
    """Raises `Rejected("form_does_not_fit")`, saying what is the case instead, or the code of what stands in the way."""
    state = one.state
    if form is Printed.RENEWAL and isinstance(state, states.Valid):
        return _renewable(state, policy, today)
    fitting = {
        Printed.RECEIPT: one.last(application_events.CertificateApplicationAccepted) is not None
        and not isinstance(state, states.Returned),
        Printed.CORRECTION: isinstance(state, states.Returned),
        Printed.REFUSAL: isinstance(state, states.Refused),
        Printed.NOTICE: isinstance(state, states.NoticeOrdered | states.InNotice),
    }
    if not fitting.get(form, False):
        raise Rejected("form_does_not_fit", f"{IN_THE_WAY[type(state)][1]}，不能出具{TITLES[form]}")
    return None


def _renewable(valid: states.Valid, policy: CertificatePolicy, today: date) -> None:
    opens_on, closes_on = _window(valid, policy, today)
    if valid.frozen or valid.lost_on:
        what, do = ("certificate_frozen", "冻结，须先解冻") if valid.frozen else ("certificate_lost", "挂失，应补办")
        raise Rejected(what, f"残疾人证已{do}")
    if not opens_on <= today <= closes_on:
        raise Rejected("form_does_not_fit", f"换领时间为{opens_on}至{closes_on}，现在不能出具换证提醒单")


def _window(valid: states.Valid, policy: CertificatePolicy, today: date) -> tuple[date, date]:
    rule, until = policy.renewal.one("renewal", today, valid.file.division), valid.card.valid_to
    return add_months(until, -rule.opens_months_before), add_months(until, rule.closes_months_after)


def drawn(form: Printed, one: Case, holder: Holder, policy: CertificatePolicy, today: date) -> Form:
    """A form about one person that fits (`fits`); not the public notice, which `posted` draws for one or many."""
    division = one.state.file.division
    file = File(
        one.certificate_id,
        holder.name,
        holder.guardian,
        policy.place(division, today),
        division,
        policy.offices.one(county(division), today, division),
        today,
    )
    match form:
        case Printed.RECEIPT:
            return _receipt(one, file, policy)
        case Printed.CORRECTION:
            returned = one.last(application_events.CertificateApplicationReturned)
            assert returned is not None
            missing = policy.words(f"reason/{returned.missing}", division, today)
            how = policy.words("resubmit", division, today)
            return applicant.correction(applicant.Correction(file, _applied_on(one), returned.returned_on, missing, how))
        case Printed.REFUSAL:
            return _refusal(one, file, policy)
        case Printed.RENEWAL:
            opens_on, closes_on = _window(one.state, policy, today)
            reassess = policy.renewal.one("renewal", today, division).reassess
            papers = policy.words("renewal_papers", division, today)
            return renewal_reminder.reminder(
                renewal_reminder.Reminder(file, one.state.card.valid_to, opens_on, closes_on, reassess, papers)
            )
    raise AssertionError("the public notice is drawn by `posted`")


def _receipt(one: Case, file: File, policy: CertificatePolicy) -> Form:
    accepted, today = one.last(application_events.CertificateApplicationAccepted), file.today
    assert accepted is not None
    return applicant.receipt(
        applicant.Acceptance(
            file=file,
            channel=CHANNELS.get(one.state.file.channel, "未记录"),
            applied_on=_applied_on(one),
            accepted_on=accepted.accepted_on,
            notice_days=policy.notice.one("public_notice", today, file.division).working_days,
            review_days=policy.assessment.one("assessment", today, file.division).review_working_days,
            more=policy.words("receipt_next", file.division, today),
        )
    )


def _refusal(one: Case, file: File, policy: CertificatePolicy) -> Form:
    refused, decided = one.last(application_events.CertificateApplicationRefused), one.last(application_events.DisputeDecided)
    assert refused is not None
    days = policy.assessment.one("assessment", file.today, file.division).dispute_working_days
    since, texts = one.state.since, (file.division, file.today)
    return applicant.refusal(
        applicant.Refusal(
            file=file,
            applied_on=_applied_on(one),
            refused_on=refused.refused_on,
            decided_on=decided.decided_on if decided else refused.refused_on,
            not_met=refused.reason == NOT_MET,
            reason=policy.words(f"reason/{refused.reason}", *texts),
            level=one.state.level,
            until=policy.calendar.add(since, days) if since else None,
            working_days=days,
            prefecture=policy.offices.one(prefecture(file.division), file.today, file.division),
            conclusion=policy.words("conclusion", *texts),
            objection_how=policy.words("objection_how", *texts),
            other_help=policy.words("other_help", *texts),
        )
    )


def _applied_on(one: Case) -> date:
    """The day of the first submission: handing in again does not make an application younger."""
    return next(h.applied_on for h in one.past if isinstance(h, application_events.CertificateApplicationSubmitted))


def period(cases: Sequence[Case], starts_on: date | None, policy: CertificatePolicy, today: date) -> tuple[date, date]:
    """First and last day of one village's sheet: of notices that hang their own, of others as if posted on `starts_on` or today.

    Raises `Malformed` for more than one village or a day in the past, `Rejected("notice_dates_differ")` when not all have the same days.
    """
    divisions = {one.state.file.division for one in cases}
    if len(divisions) > 1:
        raise Malformed("one_village_only", "一张公示单只列一个村（社区）的人员")
    if starts_on is not None and starts_on < today:
        raise Malformed("notice_in_past", "张贴日期不得早于今天")
    days = policy.notice.one("public_notice", today, divisions.pop()).working_days
    planned = (starts_on or today, policy.calendar.add(starts_on or today, days))
    found = {_hanging(one) or planned for one in cases}
    if len(found) > 1:
        raise Rejected("notice_dates_differ", "所列人员的公示时间不同，应分别出具公示单")
    return found.pop()


def _hanging(one: Case) -> tuple[date, date] | None:
    """The days of a notice that hangs; None before it is posted."""
    started = one.last(application_events.PublicNoticeStarted)
    return (started.starts_on, started.ends_on) if started and isinstance(one.state, states.InNotice) else None


def posted(division: str, holders: Sequence[Holder], days: tuple[date, date], policy: CertificatePolicy, today: date) -> Form:
    """The public-notice sheet of a village."""
    rule = policy.publication.one("public_notice", today, division)
    return public_notice.sheet(
        public_notice.Sheet(
            names=tuple(masking.name(h.name, rule.minor if h.minor else rule.adult) for h in holders),
            place=policy.place(division, today),
            starts_on=days[0],
            ends_on=days[1],
            working_days=policy.notice.one("public_notice", days[0], division).working_days,
            office=policy.offices.one(county(division), today, division),
        )
    )

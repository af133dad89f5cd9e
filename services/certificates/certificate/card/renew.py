"""换领: whether a card is renewed today, and for which period.

Who may renew says `who_may.py`; the queue of those who should is a room of its own.
"""

from datetime import date

from services.certificates.certificate import states
from services.certificates.certificate.application.decide import last_day, require_register
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.events import Event
from services.certificates.policy.load import CertificatePolicy
from services.domain.months import add_months
from services.kernel.errors import Rejected


def renewed(valid: states.Valid, policy: CertificatePolicy, today: date) -> list[Event]:
    """A new period from the day of issue, inside the window around the old one's last day; with a new assessment where policy asks."""
    require_register(valid.file.division, policy, today)
    rule = policy.renewal.one("renewal", today, valid.file.division)
    if today < add_months(valid.card.valid_to, -rule.opens_months_before):
        raise Rejected("renewal_too_early", f"有效期至{valid.card.valid_to}，届满前{rule.opens_months_before}个月起可换领")
    if today > add_months(valid.card.valid_to, rule.closes_months_after):
        raise Rejected("renewal_too_late", f"有效期至{valid.card.valid_to}，逾期超过{rule.closes_months_after}个月，须重新申请")
    if valid.frozen:
        raise Rejected("certificate_frozen", "残疾人证已冻结，须先解冻")
    review = valid.review
    if review and review.conclusion is None:
        raise Rejected("review_running", "正在重新评定")
    if review and review.conclusion and review.conclusion != valid.card.conclusion:
        raise Rejected("regrade_instead", "重新评定的类别、等级与原证不同，应作变更")
    if rule.reassess and review is None:
        raise Rejected("review_missing", "本县换领须重新评定")
    until = last_day(valid.file.division, policy, today)
    return [card_events.CertificateRenewed(person_id=valid.file.person_id, valid_from=today, valid_to=until)]

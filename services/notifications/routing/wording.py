"""What a notice knows of its cause, and how it says so: facts without what nobody may see, words for codes, the text for an office. Pure."""

from datetime import date
from uuid import UUID

from services.domain.file_number import file_number
from services.notifications.notice.escalation_chain import Office
from services.notifications.notice.facts import by_name
from services.notifications.policy.load import NoticePolicy
from services.notifications.policy.route_rows import receiver
from services.notifications.policy.templates import Rendered

_KINDS = {
    "DISASTER": "自然灾害",
    "ILLNESS": "因病",
    "ACCIDENT": "意外事故",
    "EMPLOYMENT": "务工就业不稳",
    "INCOME": "收入偏低",
    "HOUSING": "住房安全",
    "WATER": "饮水安全",
    "SUBSIDY_LOSS": "补贴中断",
}


def text_for(
    template: str, office: Office, subject_id: UUID, stated_facts: tuple[str, ...], answer_by: date, policy: NoticePolicy
) -> Rendered:
    """What the office reads. Raises `Malformed` when there is no such text or a fact is missing."""
    facts = by_name(stated_facts)
    known = facts | {
        "kind_name": _KINDS.get(facts.get("kind", ""), "其他"),
        "ref": file_number(subject_id),
        "answer_by": str(answer_by),
    }
    return policy.templates.render(template, receiver(office.agency), known)

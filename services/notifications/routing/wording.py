"""What a notice knows of its cause, and how it says so: facts without what nobody may see, words for codes, the text for an office. Pure."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.domain.file_number import file_number
from services.matching.vocabulary import FINDING_NAMES, ROSTER_NAMES, Finding, Stage
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
    "EDUCATION": "因学",
    "HOUSING": "住房安全",
    "WATER": "饮水安全",
    "SUBSIDY_LOSS": "补贴中断",
}
_FINDINGS = {finding.value: name for finding, name in FINDING_NAMES.items()}
_ROSTERS = {kind.value: name for kind, name in ROSTER_NAMES.items()}
_STAGES = {Stage.VERIFY.value: "核实", Stage.ACT.value: "落实"}


def text_for(
    template: str, office: Office, subject_id: UUID, stated_facts: tuple[str, ...], answer_by: date, policy: NoticePolicy
) -> Rendered:
    """What the office reads. Raises `Malformed` when there is no such text or a fact is missing."""
    facts = by_name(stated_facts)
    known = facts | {
        "kind_name": _KINDS.get(facts.get("kind", ""), "其他"),
        "finding_name": _FINDINGS.get(facts.get("finding", ""), "其他"),
        "stage_name": _STAGES.get(facts.get("stage", ""), "办理"),
        "caution": _caution(facts),
        "roster_name": _ROSTERS.get(facts.get("kind", ""), "名册"),
        "ref": file_number(subject_id),
        "answer_by": str(answer_by),
    }
    return policy.templates.render(template, receiver(office.agency), known)


def _caution(facts: Mapping[str, str]) -> str:
    """What whoever reads of a finding bears in mind: it is a lead, and no money is stopped because a comparison says so; rows that cannot be
    used are no lead, and their sender mends them."""
    verified = facts.get("stage") == Stage.ACT
    if facts.get("finding") == Finding.RECEIVING_NOT_ENTITLED:
        return "是否停发由审定部门依规定决定。" if verified else "这是线索，须核实，不得据此直接停发。"
    if facts.get("finding") == Finding.DATA_QUALITY:
        return "请按名单的问题明细更正后重新报送。"
    if facts.get("finding") == Finding.QUALIFIES_IF_KNOWN:
        return "" if verified else "能否享受，须先核实所缺信息。"
    return "" if verified else "这只是线索。"

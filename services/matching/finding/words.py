"""Findings in official words: what they are about, what they went by, how they stand, and what each may not be taken for. Words only."""

from services.matching.finding.events import Fact
from services.matching.policy.problem_words import alone
from services.matching.vocabulary import ROSTER_NAMES, Finding, FindingState, Refutation, Settled, Stage

CAUTIONS = {
    Finding.RECEIVING_NOT_ENTITLED: "线索，须核实，不得据此直接停发",
    Finding.QUALIFIES_IF_KNOWN: "名单未载明所缺信息，不等于符合或不符合条件",
}
_LAG = "两份数据日期相近，可能只是尚未更新"

STATES = {
    (FindingState.OPEN, Stage.VERIFY): "待核实",
    (FindingState.OPEN, Stage.ACT): "已核实，待落实",
    (FindingState.REFUTED, Stage.VERIFY): "核实不属实",
    (FindingState.REFUTED, Stage.ACT): "核实不属实",
    (FindingState.RESOLVED, Stage.VERIFY): "已消除",
    (FindingState.RESOLVED, Stage.ACT): "已落实",
}
SETTLED = {
    Settled.FACT_ARRIVED: "所缺事项已到位",
    Settled.FACTS_CORRECTED: "数据已更正",
    Settled.LIST_WITHDRAWN: "名单已撤回",
    Settled.RULE_ENDED: "比对规则已停用",
}
REFUTATIONS = {
    Refutation.NOT_TRUE: "经核实不属实",
    Refutation.ALREADY_DONE: "已落实，名单尚未体现",
    Refutation.PERSON_DECLINES: "本人放弃",
    Refutation.OTHER_BENEFIT: "已享受其他待遇",
    Refutation.WRONG_PERSON: "人员对应错误",
}
OBJECTS = {
    "LIVING": "困难残疾人生活补贴",
    "CARE": "重度残疾人护理补贴",
    "AID_CATEGORY": "医疗救助人员类别",
    "ASSESSMENT": "残疾评定",
    "DEATH": "死亡",
    "MOVE": "户籍迁移",
    "HOUSEHOLD": "家庭信息",
    "SCHOOL": "义务教育",
    "MEDICAL": "基本医疗",
    "HOUSE": "住房安全",
    "WATER": "饮水安全",
    "FOOD_CLOTHES": "不愁吃不愁穿",
    "M01": "纳入防返贫监测",
    "M02": "残疾人证办理",
    "M03": "上门评残",
    "M04": "特困人员供养",
    "M05": "社会保险参保资助",
    "M06": "困难残疾人生活补贴",
    "M06a": "最低生活保障",
    "M07": "重度残疾人护理补贴",
    "M08": "教育保障",
    "M09": "技能培训",
    "M10": "公益性岗位",
    "M11": "创业和灵活就业扶持",
    "M12": "毕业生就业帮扶",
    "M13": "按摩培训",
    "M14": "医疗救助",
    "M15": "残疾儿童康复",
    "M16": "家庭无障碍改造",
    "M17": "危房改造",
    "M18": "公租房保障",
    "M19": "康复、辅具和家庭医生",
    "M19-REHABILITATION": "康复服务",
    "M19-AIDS": "辅助器具",
    "M20": "托养照护",
    "M21": "产业带动",
    "M22": "易地搬迁后续扶持",
    "M23": "党员结对",
    # A name that a list has otherwise than the register: the list's sender.
    **dict.fromkeys(("CL", "CZ", "JT", "MZ", "RS", "WJ", "XCZX", "YB", "ZJ"), "姓名"),
}
_FACTS = {
    "certificate_id": "证件编号",
    "grade": "证件等级",
    "grade_on_list": "名单等级",
    "yuan": "标准（元）",
    "paid": "已发（元）",
    "rows": "名单行数",
    "benefit": "同期待遇",
    "reason": "原因",
    "category": "证件类别",
    "category_on_list": "名单类别",
    "house_grade": "住房鉴定",
    "own_cost": "自付费用（元）",
    "valid_to": "证件有效期至",
    "assessed_on": "评定日期",
    "asked_on": "申请日期",
    "day": "日期",
    "due_on": "应完成日期",
    "died_on": "死亡日期",
    "moved_on": "迁移日期",
    "unchecked": "未能核对",
    "lists": "名单",
    "missing": "待核信息",
}
_CODES = {
    **{kind.value: name for kind, name in ROSTER_NAMES.items()},
    "DIED": "已死亡",
    "LEFT_PROVINCE": "户籍迁出省外",
    "NO_CARD": "当月无有效残疾人证",
    "NOT_ON_ALLOWANCE": "不在低保家庭",
    "GRADE": "等级不符",
    "NO_LONG_TERM_CARE": "不需要长期照护",
    "DESTITUTE_SUPPORT": "特困人员供养",
    "ORPHAN": "孤儿基本生活费",
    "UNSUPPORTED_CHILD": "事实无人抚养儿童基本生活费",
    "INJURY_CARE": "工伤生活护理费",
    "OLD_AGE_CARE": "老年人护理补贴",
    "WELFARE_LIVING": "福利性生活补贴",
    "WELFARE_CARE": "福利性护理补贴",
    "INCOME": "家庭收入",
    "HOUSEHOLD_SIZE": "家庭人口",
    "RESIDENCE": "城乡类型",
    "ABLE_TO_WORK": "就业能力",
    "TRAINING_FIELD": "培训类别",
    "FOLLOW_UP": "后续扶持情况",
}


def about(object_code: str) -> str:
    """What a finding is about: a measure, a field, or why rows of a list cannot be used. A code without words stays a code."""
    return OBJECTS.get(object_code) or alone(object_code.lower()) or object_code


def went_by(facts: tuple[Fact, ...], may_be_lag: bool) -> str:
    """What a finding went by, as one text."""
    said = [f"{_FACTS.get(fact.name, fact.name)}：{_value(fact.value)}" for fact in facts]
    return "；".join([*said, _LAG] if may_be_lag else said)


def _value(value: str) -> str:
    return "、".join(_CODES.get(each, each) for each in value.split(","))

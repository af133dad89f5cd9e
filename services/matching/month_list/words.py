"""Adjustment lists in official words. Words only."""

from services.matching.finding.words import CAUTIONS
from services.matching.vocabulary import Finding, LineCheck, LineOutcome, ListPart, ListState

CAUTION = CAUTIONS[Finding.RECEIVING_NOT_ENTITLED]  # of every line of STOP
PARTS = {
    ListPart.ADD: "拟新增",
    ListPart.STOP: "拟核实停发",
    ListPart.GRADE: "等级变更",
    ListPart.ARREARS: "补发待定",
    ListPart.RENEWING: "换证在办",
    ListPart.RETURNED: "账户退回",
}
STATES = {ListState.FROZEN: "签署中", ListState.SIGNED: "签署完毕", ListState.REOPENED: "已退回，待重新生成"}
CHECKS = {
    LineCheck.CERTAIN: "以登记或银行结果为准",
    LineCheck.PENDING: "待核实",
    LineCheck.VERIFIED: "已核实",
    LineCheck.REFUTED: "核实不属实",
}
OUTCOMES = {
    LineOutcome.NOT_KNOWN: "未知（名册未到或无法辨认）",
    LineOutcome.PAID: "已发放",
    LineOutcome.NOT_PAID: "未发放",
    LineOutcome.STOPPED: "已停发",
    LineOutcome.STILL_PAID: "仍在发放",
    LineOutcome.OTHER_AMOUNT: "已发放，金额与新标准不一致",
}
REASONS = {
    "DIED": "登记死亡",
    "LEFT_PROVINCE": "户籍迁出省外",
    "MOVED_AWAY": "户籍迁往州内其他县（市）",
    "NO_CARD": "残疾人证已到期或失效",
    "NOT_ON_ALLOWANCE": "不在低保家庭",
    "GRADE": "等级不符",
    "NO_LONG_TERM_CARE": "需求调查显示不需要长期照护",
    "DESTITUTE_SUPPORT": "享受特困人员供养",
    "ORPHAN": "享受孤儿基本生活费",
    "UNSUPPORTED_CHILD": "享受事实无人抚养儿童基本生活费",
    "INJURY_CARE": "享受工伤生活护理费",
    "OLD_AGE_CARE": "享受老年人护理补贴，应择高",
    "WELFARE_LIVING": "享受福利性生活补贴，应择高",
    "WELFARE_CARE": "享受福利性护理补贴，应择高",
    "DECISION_ENDED": "民政部门已审定停发",
    "RENEWED_LATE": "逾期换证期间",
    "ACCOUNT_CLOSED": "账户已销户或不存在",
    "NAME_DIFFERS": "户名不符",
    "ACCOUNT_FROZEN": "账户冻结",
    "ACCOUNT_ABNORMAL": "账户异常",
    "OTHER": "其他",
}
LACKING = {
    "MISSING": "未报送",
    "HELD": "待报送单位确认",
    "REJECTED": "不能使用",
    "EMPTY": "为空",
    "TOO_OLD": "已过期",
    "NOT_KEPT": "已过保存期",
}

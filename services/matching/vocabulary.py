"""The closed lists of matching's published language: rosters, subsidies, ways to people, findings and how they end."""

from services.domain.codes import Word

READ_FINDINGS = "findings.read"  # the one scope to read rosters, payments, comparisons and findings


class RosterKind(Word):
    """Which list a file is (domain reference 8.2)."""

    UNKNOWN = "UNKNOWN"
    SUBSISTENCE_ALLOWANCE = "SUBSISTENCE_ALLOWANCE"  # 低保名单
    LOW_INCOME_MARGIN = "LOW_INCOME_MARGIN"  # 低保边缘家庭名单
    DESTITUTE_SUPPORT = "DESTITUTE_SUPPORT"  # 特困人员救助供养名单
    ORPHAN = "ORPHAN"  # 孤儿基本生活保障名单
    UNSUPPORTED_CHILD = "UNSUPPORTED_CHILD"  # 事实无人抚养儿童名单
    OTHER_ALLOWANCE = "OTHER_ALLOWANCE"  # 其他福利性补贴名单
    TEMPORARY_RELIEF = "TEMPORARY_RELIEF"  # 临时救助名单
    SUBSIDY_APPROVAL = "SUBSIDY_APPROVAL"  # 两项补贴审定名单
    SUBSIDY_PAYMENT = "SUBSIDY_PAYMENT"  # 两项补贴发放花名册
    SUBSIDY_SUMMARY = "SUBSIDY_SUMMARY"  # 两项补贴乡镇汇总表
    BANK_RESULT = "BANK_RESULT"  # 一卡通发放结果
    MEDICAL_INSURANCE = "MEDICAL_INSURANCE"  # 医保参保名单
    MEDICAL_AID = "MEDICAL_AID"  # 医疗费用和救助名单
    PENSION_INSURANCE = "PENSION_INSURANCE"  # 养老保险名单
    TRAINING = "TRAINING"  # 职业技能培训名单
    EMPLOYMENT = "EMPLOYMENT"  # 就业和公益性岗位名单
    INJURY_CARE = "INJURY_CARE"  # 工伤保险生活护理费名单
    SCHOOL_ROLL = "SCHOOL_ROLL"  # 学籍名单
    ASSESSMENT_RESULT = "ASSESSMENT_RESULT"  # 残疾评定结果名单
    FAMILY_DOCTOR = "FAMILY_DOCTOR"  # 家庭医生签约名单
    HOUSE_SAFETY = "HOUSE_SAFETY"  # 住房安全和危房改造名单
    PUBLIC_RENTAL = "PUBLIC_RENTAL"  # 公租房保障名单
    MONITORED_HOUSEHOLDS = "MONITORED_HOUSEHOLDS"  # 防返贫监测对象名单
    NEEDS_SURVEY = "NEEDS_SURVEY"  # 需求调查名单
    DEATHS = "DEATHS"  # 死亡人员名单
    MOVES = "MOVES"  # 户籍迁移名单
    REHABILITATION = "REHABILITATION"  # 康复和辅助器具服务名单
    CARE_SERVICE = "CARE_SERVICE"  # 托养和照护服务名单
    BUSINESS_SUPPORT = "BUSINESS_SUPPORT"  # 创业和灵活就业扶持名单
    INDUSTRY_SUPPORT = "INDUSTRY_SUPPORT"  # 产业带动和利益联结名单
    RELOCATED_HOUSEHOLDS = "RELOCATED_HOUSEHOLDS"  # 易地搬迁户后续扶持名单
    HELPER_PAIRING = "HELPER_PAIRING"  # 结对帮扶名单


ROSTER_NAMES = {  # as offices call them
    RosterKind.SUBSISTENCE_ALLOWANCE: "低保名单",
    RosterKind.LOW_INCOME_MARGIN: "低保边缘家庭名单",
    RosterKind.DESTITUTE_SUPPORT: "特困人员救助供养名单",
    RosterKind.ORPHAN: "孤儿基本生活保障名单",
    RosterKind.UNSUPPORTED_CHILD: "事实无人抚养儿童名单",
    RosterKind.OTHER_ALLOWANCE: "其他福利性补贴名单",
    RosterKind.TEMPORARY_RELIEF: "临时救助名单",
    RosterKind.SUBSIDY_APPROVAL: "残疾人两项补贴审定名单",
    RosterKind.SUBSIDY_PAYMENT: "残疾人两项补贴发放花名册",
    RosterKind.SUBSIDY_SUMMARY: "残疾人两项补贴乡镇汇总表",
    RosterKind.BANK_RESULT: "一卡通发放结果",
    RosterKind.MEDICAL_INSURANCE: "城乡居民基本医疗保险参保名单",
    RosterKind.MEDICAL_AID: "医疗费用和救助名单",
    RosterKind.PENSION_INSURANCE: "养老保险名单",
    RosterKind.TRAINING: "职业技能培训名单",
    RosterKind.EMPLOYMENT: "就业和公益性岗位名单",
    RosterKind.INJURY_CARE: "工伤保险生活护理费名单",
    RosterKind.SCHOOL_ROLL: "在校学生和学籍名单",
    RosterKind.ASSESSMENT_RESULT: "残疾评定结果名单",
    RosterKind.FAMILY_DOCTOR: "家庭医生签约名单",
    RosterKind.HOUSE_SAFETY: "住房安全和危房改造名单",
    RosterKind.PUBLIC_RENTAL: "公租房保障名单",
    RosterKind.MONITORED_HOUSEHOLDS: "防返贫监测对象名单",
    RosterKind.NEEDS_SURVEY: "残疾人基本服务状况和需求调查名单",
    RosterKind.DEATHS: "死亡人员名单",
    RosterKind.MOVES: "户籍迁移名单",
    RosterKind.REHABILITATION: "康复和辅助器具服务名单",
    RosterKind.CARE_SERVICE: "托养和照护服务名单",
    RosterKind.BUSINESS_SUPPORT: "创业和灵活就业扶持名单",
    RosterKind.INDUSTRY_SUPPORT: "产业带动和利益联结名单",
    RosterKind.RELOCATED_HOUSEHOLDS: "易地搬迁户后续扶持名单",
    RosterKind.HELPER_PAIRING: "结对帮扶名单",
}


class RosterState(Word):
    """What became of a roster that was sent."""

    UNKNOWN = "UNKNOWN"
    RECEIVED = "RECEIVED"  # it counts
    HELD = "HELD"  # it has far fewer or more rows than usual, and waits for its sender
    REJECTED = "REJECTED"  # it cannot be used
    WITHDRAWN = "WITHDRAWN"  # its sender took it back


class HeldFor(Word):
    """Why a roster waits for its sender."""

    UNKNOWN = "UNKNOWN"
    FEWER_ROWS = "FEWER_ROWS"  # than usual: it may be a part
    MORE_ROWS = "MORE_ROWS"  # it may be another list


class WithdrawalReason(Word):
    """Why a roster that was received is taken back by its sender."""

    UNKNOWN = "UNKNOWN"
    WRONG_MONTH = "WRONG_MONTH"  # sent for another month, or as of another day, than it is of
    WRONG_COUNTY = "WRONG_COUNTY"
    WRONG_FILE = "WRONG_FILE"  # another list, or a draft
    WRONG_ROWS = "WRONG_ROWS"  # it will be sent again, corrected


class Subsidy(Word):
    """残疾人两项补贴."""

    UNKNOWN = "UNKNOWN"
    LIVING = "LIVING"  # 困难残疾人生活补贴
    CARE = "CARE"  # 重度残疾人护理补贴


class PaymentNature(Word):
    """What a part of a month's payment is."""

    UNKNOWN = "UNKNOWN"
    REGULAR = "REGULAR"  # 正常发放: of the sheet's own month
    ARREARS = "ARREARS"  # 补发: of another month
    CORRECTION = "CORRECTION"  # 更正
    RETURNED = "RETURNED"  # 退回: a sheet says that it came back
    BOUNCED = "BOUNCED"  # 发放失败: the bank says that it could not be paid out


class RiskEnd(Word):
    """Why a subsidy is no more at risk by the end of a card."""

    UNKNOWN = "UNKNOWN"
    RENEWED = "RENEWED"  # a card is valid for longer
    CARD_ENDED = "CARD_ENDED"  # the card has ended: what was at risk came about
    PAYMENT_ENDED = "PAYMENT_ENDED"  # it is not paid any more


class Decision(Word):
    """What civil affairs decided of a person's subsidy."""

    UNKNOWN = "UNKNOWN"
    GRANTED = "GRANTED"  # 审定
    ENDED = "ENDED"  # no longer among those approved


class ListPart(Word):
    """What the adjustment list of a month's payment has a person on for."""

    UNKNOWN = "UNKNOWN"
    ADD = "ADD"  # 拟新增
    STOP = "STOP"  # 拟核实停发: a lead, which stops nothing
    GRADE = "GRADE"  # 等级变更: another rate than before
    ARREARS = "ARREARS"  # 补发待定: months for which nothing was paid, to be decided on
    RENEWING = "RENEWING"  # 换证在办: paid, and the card is being issued anew
    RETURNED = "RETURNED"  # 账户退回: what came back from the account, and was not paid since


class ListState(Word):
    """How far the adjustment list of a month's payment is."""

    UNKNOWN = "UNKNOWN"
    FROZEN = "FROZEN"  # it is being signed
    SIGNED = "SIGNED"  # by all who sign it
    REOPENED = "REOPENED"  # one who was to sign refused: it is made anew


class LineCheck(Word):
    """Whether what a line of the list says was looked at by a person."""

    UNKNOWN = "UNKNOWN"
    CERTAIN = "CERTAIN"  # a fact of the register or the bank
    PENDING = "PENDING"  # 待核实
    VERIFIED = "VERIFIED"  # 已核实, or decided by civil affairs
    REFUTED = "REFUTED"  # 核实不属实


class LineOutcome(Word):
    """What became of a line of the list, by the payment sheets of its month."""

    UNKNOWN = "UNKNOWN"
    NOT_KNOWN = "NOT_KNOWN"  # the sheet is not there, or a row that nobody could read may be the person's
    PAID = "PAID"  # as the line says
    NOT_PAID = "NOT_PAID"
    STOPPED = "STOPPED"
    STILL_PAID = "STILL_PAID"
    OTHER_AMOUNT = "OTHER_AMOUNT"  # paid, not by the new rate


class Through(Word):
    """How a policy finds a person."""

    UNKNOWN = "UNKNOWN"
    VILLAGE = "VILLAGE"  # somebody of the village tells them
    PERSON = "PERSON"  # the same, and a message to the person


class Finding(Word):
    """Finding types (domain reference 5.5)."""

    UNKNOWN = "UNKNOWN"
    ENTITLED_NOT_RECEIVING = "ENTITLED_NOT_RECEIVING"  # 应享未享
    RECEIVING_NOT_ENTITLED = "RECEIVING_NOT_ENTITLED"  # 不应享而享
    INFO_MISMATCH = "INFO_MISMATCH"  # 信息不一致
    NOT_IN_COUNTERPART = "NOT_IN_COUNTERPART"  # 查无此人
    DUPLICATE = "DUPLICATE"  # 重复
    AT_RISK_BY_DATE = "AT_RISK_BY_DATE"  # 即将到期
    RISK_SIGNAL = "RISK_SIGNAL"  # 风险线索
    DELIVERY_OVERDUE = "DELIVERY_OVERDUE"  # 落实不到位
    DATA_QUALITY = "DATA_QUALITY"  # 数据质量
    QUALIFIES_IF_KNOWN = "QUALIFIES_IF_KNOWN"  # 信息待核: a measure would be somebody's if a fact were known that no list tells


FINDING_NAMES = {  # in official words
    Finding.ENTITLED_NOT_RECEIVING: "应享未享",
    Finding.RECEIVING_NOT_ENTITLED: "不应享而享",
    Finding.INFO_MISMATCH: "信息不一致",
    Finding.NOT_IN_COUNTERPART: "查无此人",
    Finding.DUPLICATE: "重复",
    Finding.AT_RISK_BY_DATE: "即将到期",
    Finding.RISK_SIGNAL: "风险线索",
    Finding.DELIVERY_OVERDUE: "落实不到位",
    Finding.DATA_QUALITY: "数据质量",
    Finding.QUALIFIES_IF_KNOWN: "信息待核",
}


class SubjectKind(Word):
    """What a finding is about."""

    UNKNOWN = "UNKNOWN"
    PERSON = "PERSON"
    HOUSEHOLD = "HOUSEHOLD"
    ROSTER_ROW = "ROSTER_ROW"  # somebody on a list whom the register does not know: the keyed hash of the citizen id
    ROSTER = "ROSTER"


class Stage(Word):
    """What an office still owes of a finding."""

    UNKNOWN = "UNKNOWN"
    VERIFY = "VERIFY"  # 核实
    ACT = "ACT"  # 落实


class FindingState(Word):
    """Whether somebody still owes something of a finding."""

    UNKNOWN = "UNKNOWN"
    OPEN = "OPEN"
    REFUTED = "REFUTED"  # a named official looked, and it is not so
    RESOLVED = "RESOLVED"  # it ended by itself


class Settled(Word):
    """How a finding ended by itself."""

    UNKNOWN = "UNKNOWN"
    FACT_ARRIVED = "FACT_ARRIVED"  # the very fact that was missing is there
    FACTS_CORRECTED = "FACTS_CORRECTED"  # what it was found by reads otherwise now
    LIST_WITHDRAWN = "LIST_WITHDRAWN"  # the list by which it was found was taken back by its sender
    RULE_ENDED = "RULE_ENDED"  # its rule is no longer in force for that time


class Refutation(Word):
    """Why a named official says that a finding is not so."""

    UNKNOWN = "UNKNOWN"
    NOT_TRUE = "NOT_TRUE"  # 经核实不属实
    ALREADY_DONE = "ALREADY_DONE"  # 已落实, the list does not show it yet
    PERSON_DECLINES = "PERSON_DECLINES"  # 本人放弃
    OTHER_BENEFIT = "OTHER_BENEFIT"  # 已享受其他待遇
    WRONG_PERSON = "WRONG_PERSON"  # 人员对应错误


class LinkEvidence(Word):
    """By what an official knows whom a row without a usable citizen id means."""

    UNKNOWN = "UNKNOWN"
    OWN_FILE = "OWN_FILE"  # 报送单位的原始档案
    IDENTITY_PAPERS = "IDENTITY_PAPERS"  # 身份证、户口簿原件
    VILLAGE = "VILLAGE"  # 村（社区）核实
    PERSON = "PERSON"  # 本人或监护人确认


class NotMeant(Word):
    """Why an official says that a row without a usable citizen id does not mean somebody."""

    UNKNOWN = "UNKNOWN"
    ANOTHER_PERSON = "ANOTHER_PERSON"  # 同名或相近的另一人
    NOT_REGISTERED = "NOT_REGISTERED"  # 该人员没有残疾人证


class UnlinkReason(Word):
    """Why a link is taken back."""

    UNKNOWN = "UNKNOWN"
    WRONG_PERSON = "WRONG_PERSON"  # 对应错误: the person is not meant
    NOT_CERTAIN = "NOT_CERTAIN"  # 依据不足: it is to be looked at again

"""The closed lists of matching's published language: rosters, subsidies, ways to people, findings and how they end."""

from services.domain.codes import Word

READ_FINDINGS = "findings.read"  # the one scope to read rosters, payments, comparisons and findings


class RosterKind(Word):
    """Which list a file is (domain reference 8.2)."""

    UNKNOWN = "UNKNOWN"
    SUBSISTENCE_ALLOWANCE = "SUBSISTENCE_ALLOWANCE"  # 低保名单
    SUBSIDY_PAYMENT = "SUBSIDY_PAYMENT"  # 两项补贴发放花名册


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


class Through(Word):
    """How a policy finds a person."""

    UNKNOWN = "UNKNOWN"
    VILLAGE = "VILLAGE"  # somebody of the village tells them
    PERSON = "PERSON"  # the same, and a message to the person


class Finding(Word):
    """Finding types (domain reference 5.5) that this service raises."""

    UNKNOWN = "UNKNOWN"
    ENTITLED_NOT_RECEIVING = "ENTITLED_NOT_RECEIVING"  # 应享未享
    AT_RISK_BY_DATE = "AT_RISK_BY_DATE"  # 即将到期


class Resolution(Word):
    """How a discrepancy ended."""

    UNKNOWN = "UNKNOWN"
    NO_LONGER_TRUE = "NO_LONGER_TRUE"  # the next comparison no longer finds it
    REFUTED = "REFUTED"  # a person looked and it was not so
    LIST_WITHDRAWN = "LIST_WITHDRAWN"  # the list by which it was found, or refuted, was taken back by its sender

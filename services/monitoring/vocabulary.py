"""The closed lists of monitoring's published language: incidents, risks, visits and how they end."""

from services.domain.codes import Word


class Incident(Word):
    """Sudden events met on a visit (joint opinion, part 2 (四); Yuanmou 2023 list)."""

    UNKNOWN = "UNKNOWN"
    HAIL = "HAIL"
    FLOOD = "FLOOD"
    FIRE = "FIRE"
    ILLNESS = "ILLNESS"
    ACCIDENT = "ACCIDENT"
    JOB_LOSS = "JOB_LOSS"


class RiskKind(Word):
    """致贫/返贫风险, the values met in the national system's export (domain reference 3.4)."""

    UNKNOWN = "UNKNOWN"
    DISASTER = "DISASTER"  # 因自然灾害
    ILLNESS = "ILLNESS"  # 因病
    ACCIDENT = "ACCIDENT"  # 因意外事故
    EMPLOYMENT = "EMPLOYMENT"  # 因务工就业不稳
    INCOME = "INCOME"  # 收入低于监测范围
    EDUCATION = "EDUCATION"  # 因学
    HOUSING = "HOUSING"  # 因安全住房
    WATER = "WATER"  # 因安全饮水
    SUBSIDY_LOSS = "SUBSIDY_LOSS"  # 因残疾人证到期失去补贴


class Severity(Word):
    """How soon somebody must act."""

    UNKNOWN = "UNKNOWN"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class RiskSource(Word):
    """Where a lead came from (domain reference 3.5)."""

    UNKNOWN = "UNKNOWN"
    VISIT = "VISIT"
    SELF_REPORT = "SELF_REPORT"
    DATA_COMPARISON = "DATA_COMPARISON"


class RiskOutcome(Word):
    """How a lead ended without a case."""

    UNKNOWN = "UNKNOWN"
    REFUTED = "REFUTED"
    DUPLICATE = "DUPLICATE"


class VisitPurpose(Word):
    """What somebody goes there for."""

    UNKNOWN = "UNKNOWN"
    REMIND_RENEWAL = "REMIND_RENEWAL"  # 提醒换证
    FOLLOW_UP = "FOLLOW_UP"  # 回访
    OTHER = "OTHER"


class VisitOutcome(Word):
    """What came of a planned visit."""

    UNKNOWN = "UNKNOWN"
    TOLD = "TOLD"  # 已当面告知
    NOT_FOUND = "NOT_FOUND"  # 未见到本人
    REFUSED = "REFUSED"  # 拒绝接受
    MOVED_AWAY = "MOVED_AWAY"  # 外出或搬离
    OTHER = "OTHER"


class ToldWhom(Word):
    """Who was told in person."""

    UNKNOWN = "UNKNOWN"
    HOLDER = "HOLDER"
    GUARDIAN = "GUARDIAN"
    NOBODY = "NOBODY"


class VisitWithdrawal(Word):
    """Why nobody has to go there any more."""

    UNKNOWN = "UNKNOWN"
    REACHED = "REACHED"  # the holder or guardian knows by other means
    RENEWED = "RENEWED"
    CANCELLED = "CANCELLED"
    DEATH = "DEATH"
    MOVED = "MOVED"  # the card went to another village, which plans a visit of its own
    RETURNED = "RETURNED"  # the village sent it back, and the next office has it
    LAPSED = "LAPSED"
    PLANNED_IN_ERROR = "PLANNED_IN_ERROR"  # the wrong person or village: who planned it says so
    NOT_NEEDED = "NOT_NEEDED"  # what it was planned for is done by other means

"""What each kind of list is called, and its columns in the words of officials (domain reference, 8.2). Values only."""

from typing import NamedTuple

_PERSON = (("township", "乡镇"), ("village", "村（社区）"), ("name", "姓名"), ("citizen_id", "身份证号"), ("birth", "出生日期"))
_PAID = (("subsidy", "补贴类型"), ("amount", "金额"))


class Layout(NamedTuple):
    """The title (after the county's name), the heading above the columns that follow the person's, and all columns in order."""

    title: str
    about: str
    columns: tuple[tuple[str, str], ...]

    @property
    def of_the_person(self) -> int:
        """How many columns say who it is and where he lives: up to the birth date."""
        return 1 + [name for name, _ in self.columns].index("birth")


def _of(title: str, about: str, *columns: tuple[str, str]) -> Layout:
    return Layout(title, about, _PERSON + columns)


_DOOR = (("household_no", "低保证号"), ("head_id", "户主身份证号"), ("relation", "与户主关系"))
LAYOUTS: dict[str, Layout] = {
    "CERTIFICATE_REGISTER": Layout(
        "残疾人证名册",
        "",
        (
            ("name", "姓名"),
            ("sex", "性别"),
            ("citizen_id", "身份证号"),
            ("certificate", "残疾人证号"),
            ("category", "残疾类别"),
            ("grade", "残疾等级"),
            ("issued_on", "发证日期"),
            ("valid_to", "有效期至"),
            ("township", "乡镇"),
            ("village", "村（社区）"),
            ("division", "行政区划代码"),
            ("phone", "联系电话"),
            ("state", "证件状态"),
        ),
    ),
    "SUBSISTENCE_ALLOWANCE": _of(
        "最低生活保障名单",
        "保障情况",
        *_DOOR,
        ("since", "起始保障年月"),
        ("persons", "保障人数"),
        ("class", "低保类别"),
        ("residence", "户籍类型"),
        ("amount", "月保障金"),
    ),
    "LOW_INCOME_MARGIN": _of(
        "低保边缘家庭名单", "家庭情况", ("household_no", "边缘家庭编号"), ("head_id", "户主身份证号"), ("relation", "与户主关系")
    ),
    "DESTITUTE_SUPPORT": _of(
        "特困人员供养名单", "供养情况", ("mode", "供养方式"), ("since", "起始供养年月"), ("amount", "月供养金")
    ),
    "ORPHAN": _of("孤儿基本生活保障名单", "保障情况", ("since", "起始保障年月"), ("amount", "月保障金")),
    "UNSUPPORTED_CHILD": _of("事实无人抚养儿童名单", "保障情况", ("since", "起始保障年月"), ("amount", "月补贴")),
    "OTHER_ALLOWANCE": _of("其他福利补贴名单", "发放情况", ("allowance", "补贴名称"), ("amount", "月补贴金额")),
    "TEMPORARY_RELIEF": _of("临时救助名单", "救助情况", ("reason", "救助类型"), ("amount", "救助金额"), ("granted_on", "救助时间")),
    "SUBSIDY_APPROVAL": _of(
        "残疾人两项补贴审定名单",
        "审定情况",
        ("subsidy", "补贴类型"),
        ("applied_on", "申请日期"),
        ("approved_on", "审定日期"),
        ("from_month", "起始月份"),
        ("until_month", "终止月份"),
        ("rate", "月标准"),
        ("account_tail", "账号后四位"),
    ),
    "SUBSIDY_PAYMENT": _of(
        "残疾人两项补贴发放花名册",
        "发放情况",
        ("certificate", "残疾人证号"),
        ("category", "残疾类别"),
        ("grade", "残疾等级"),
        ("subsidy", "补贴类型"),
        ("rate", "月标准"),
        ("months", "月数"),
        ("amount", "金额"),
        ("for_months", "补发月份"),
        ("nature", "发放性质"),
        ("account", "一卡通账号"),
    ),
    "SUBSIDY_SUMMARY": Layout(
        "残疾人两项补贴发放汇总表",
        "",
        (
            ("township", "乡镇名称"),
            *(
                (f"{part}_{name}", word)
                for part in ("care1", "care2", "living")
                for name, word in (("persons", "人数"), ("rate", "补助标准"), ("amount", "发放金额"))
            ),
            ("total_persons", "总人数"),
            ("total_amount", "应发放金额"),
            ("paid_amount", "实际发放资金"),
        ),
    ),
    "BANK_RESULT": _of("一卡通发放结果", "发放结果", *_PAID, ("result", "发放结果"), ("reason", "失败原因")),
    "MEDICAL_INSURANCE": _of(
        "城乡居民医保参保名单",
        "参保情况",
        ("year", "年度"),
        ("status", "参保状态"),
        ("premium", "缴费金额"),
        ("aid_category", "人员类别"),
        ("own_payment", "个人缴费"),
        ("aid_amount", "资助金额"),
        ("aid_by", "资助部门"),
        ("insured_at", "参保地"),
    ),
    "MEDICAL_AID": _of(
        "医疗费用名单", "费用情况", ("total_cost", "医疗总费用"), ("reimbursed", "医保报销"), ("own_cost", "自付金额")
    ),
    "PENSION_INSURANCE": _of(
        "基本养老保险名单",
        "参保情况",
        ("scheme", "险种"),
        ("year", "年度"),
        ("level", "缴费档次"),
        ("status", "领取状态"),
        ("paid_by_government", "代缴标志"),
        ("monthly_pension", "月养老金"),
    ),
    "TRAINING": _of(
        "职业培训名单",
        "培训情况",
        ("course", "培训项目"),
        ("field", "培训类别"),
        ("started_on", "开班日期"),
        ("ended_on", "结业日期"),
    ),
    "EMPLOYMENT": _of(
        "就业和公益性岗位名单",
        "就业情况",
        ("kind", "就业类型"),
        ("place", "工作地点"),
        ("since", "开始时间"),
        ("until", "结束时间"),
        ("monthly_income", "月收入"),
    ),
    "INJURY_CARE": _of("工伤保险生活护理费名单", "享受情况", ("since", "起始年月"), ("amount", "月护理费")),
    "SCHOOL_ROLL": _of(
        "学籍名单",
        "在学情况",
        ("stage", "学段"),
        ("grade_class", "年级班级"),
        ("school", "学校"),
        ("status", "学籍状态"),
        ("placement", "安置方式"),
        ("marked_disabled", "是否残疾"),
        ("aided", "是否享受资助"),
        ("home_teaching_records", "送教次数"),
    ),
    "ASSESSMENT_RESULT": _of(
        "残疾评定结果名单",
        "评定结果",
        ("assessed_on", "评定日期"),
        ("category", "残疾类别"),
        ("grade", "残疾等级"),
        ("at_home", "是否上门评定"),
        ("concluded", "是否符合残疾标准"),
    ),
    "FAMILY_DOCTOR": _of("家庭医生签约名单", "签约情况", ("signed_on", "签约日期"), ("until", "到期日期")),
    "HOUSE_SAFETY": _of(
        "住房安全和危房改造名单",
        "住房情况",
        ("household_no", "户编号"),
        ("grade", "房屋等级"),
        ("renovation", "改造情况"),
        ("renovation_year", "改造年度"),
        ("accessibility", "是否含无障碍改造"),
    ),
    "PUBLIC_RENTAL": _of("公租房名单", "保障情况", ("state", "保障状态")),
    "MONITORED_HOUSEHOLDS": Layout(
        "防止返贫监测对象名单",
        "监测情况",
        (
            *_PERSON[:3],
            ("id_kind", "证件类型"),
            ("citizen_id", "证件号码"),
            _PERSON[4],
            ("household_no", "户编号"),
            ("person_no", "人编号"),
            ("relation", "与户主关系"),
            ("household_kind", "户类型"),
            ("class", "监测对象类别"),
            ("identified", "识别监测时间"),
            *((f"risk_{place}", f"致贫返贫风险{place}") for place in range(1, 6)),
            ("eliminated", "风险是否已消除"),
            ("eliminated_month", "消除监测时间"),
            ("help_allowance", "享受低保政策情况"),
            ("help_destitute", "享受特困供养政策情况"),
            ("help_education", "教育帮扶"),
            ("help_health", "健康帮扶"),
            ("help_house", "住房安全保障"),
            ("help_water", "饮水安全保障"),
            ("help_job", "就业帮扶"),
            ("labour", "劳动技能"),
        ),
    ),
    "DEATHS": _of("死亡人员名单", "死亡情况", ("died_on", "死亡日期")),
    "MOVES": _of("户籍迁移名单", "迁移情况", ("moved_on", "迁移日期"), ("to", "迁往")),
    "NEEDS_SURVEY": _of(
        "残疾人基本状况和需求调查名单",
        "调查结果",
        ("year", "年度"),
        ("wants_work", "就业需求"),
        ("wants_training", "培训需求"),
        ("wants_massage", "盲人按摩培训需求"),
        ("wants_rehabilitation", "康复需求"),
        ("wants_aids", "辅助器具需求"),
        ("wants_accessibility", "无障碍改造需求"),
        ("wants_care", "托养需求"),
        ("wants_preschool", "学前教育需求"),
        ("able_to_work", "有无就业能力"),
        ("long_term_care", "需要长期照护"),
        ("has_business", "是否自主创业"),
    ),
}

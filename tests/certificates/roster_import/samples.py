"""Rosters for examples: a county, its persons, a sheet."""

from datetime import date
from typing import Any

from deploy.sandbox.sheets import workbook
from tests.certificates.office import CITIZENS

DAY, COUNTY = date(2026, 3, 2), "533423"
HEADER = [
    "姓名",
    "性别",
    "身份证号",
    "残疾人证号",
    "残疾类别",
    "残疾等级",
    "发证日期",
    "有效期至",
    "户籍地址",
    "联系电话",
    "证件状态",
]


ONE = CITIZENS[0]


GOOD: dict[str, Any] = {
    "name": "测试甲",
    "sex": "男",
    "citizen_id": ONE,
    "number": f"{ONE}42",
    "category": "肢体残疾",
    "grade": "二级",
    "valid_from": "2020-05-06",
    "valid_to": "2030-05-06",
    "address": "维西县叶枝镇某村",
    "phone": "13900000000",
    "status": "有效",
}


def person(n: int, **changes: Any) -> dict[str, Any]:
    """A good row of the n-th citizen."""
    return GOOD | {"name": f"测试{n}", "citizen_id": CITIZENS[n], "number": f"{CITIZENS[n]}42", "sex": "", "phone": ""} | changes


def sheet(*rows: dict[str, Any]) -> bytes:
    """The rows as an xlsx file with a title."""
    return workbook(HEADER, [list(row.values()) for row in rows])

"""An explanation as one page to print or hand over: self-contained, plain sentences first, the record below. Words only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from html import escape
from typing import Any

from services.certificates.certificate.described import CATEGORIES, CHANNELS, GRADES, LEVELS, REVIEWS, SETTINGS, YEAR
from services.certificates.certificate.projection import CertificateRow
from services.certificates.explanation.explain import STEPS, Explanation, Related
from services.certificates.explanation.policy_rows import TITLES, Rule
from services.kernel.events import SHANGHAI

_STYLE = """body{font:15px/1.7 'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif;color:#111;max-width:50em;margin:2em auto}
h1{font-size:22px}h2{font-size:16px;border-bottom:1px solid #999;margin-top:1.6em}table{border-collapse:collapse;width:100%}
td,th{border:1px solid #bbb;padding:3px 8px;text-align:left;vertical-align:top;font-size:13px;overflow-wrap:anywhere}
th{background:#eef2f6;font-weight:normal}.small{font-size:12px;color:#555}"""
# The facts that a page shows, by their field; what is empty is left out.
_FACTS = {
    "file_number": "办件号",
    "division": "村（社区）",
    "step": "环节",
    "step_on": "进入环节日期",
    "channel": "申请渠道",
    "applied_on": "申请日期",
    "reason": "原因代码",
    "institution": "评定机构",
    "setting": "评定方式",
    "home_due_on": "上门评残期限",
    "visit_on": "上门日期",
    "notice_ends_on": "公示截止",
    "objections": "待答复异议",
    "category": "类别",
    "grade": "等级",
    "constituents": "多重残疾构成",
    "valid_from": "有效期起",
    "valid_to": "有效期止",
    "suffix": "补办次数",
    "lost_on": "挂失日期",
    "frozen_on": "冻结日期",
    "arriving": "待迁入地接收",
    "proposal": "拟办理",
    "review": "复评",
    "disputed": "异议处理层级",
    "cancelled_on": "注销日期",
    "changed_on": "上一次变动",
}
_WORDS: dict[str, Mapping[Any, str]] = {
    "step": STEPS,
    "channel": CHANNELS,
    "category": CATEGORIES,
    "grade": GRADES,
    "setting": SETTINGS,
    "review": REVIEWS,
    "disputed": LEVELS,
}


def as_html(explanation: Explanation) -> str:
    """The page as HTML; it loads nothing."""
    plain = "".join(f"<p>{escape(sentence)}</p>" for sentence in explanation.plain)
    who = _table(
        [
            ("办理", explanation.decided_by),
            ("时间", _when(explanation.at)),
            ("事项", explanation.words),
            ("规则版本", explanation.policy_version),
        ]
    )
    origin = _table(
        [("事件", explanation.event_id), ("关联号", explanation.correlation_id), ("起因", explanation.causation_id or "本次办理")]
    )
    parts = {
        "办理记录": who,
        "当时登记的内容": _known(explanation.known),
        "当时适用的规则": _rules(explanation),
        "同一起因的在先事项": _chain(explanation.before),
        "同时办理的事项": _chain(explanation.together),
        "由此发生的事项": _chain(explanation.followed),
        "编号": origin,
    }
    body = f"<h1>办理说明</h1>{plain}" + "".join(f"<h2>{title}</h2>{part}" for title, part in parts.items())
    body += '<p class="small">其他系统由此发生的事项，可按关联号查询。本页不含姓名和证号。</p>'
    head = f'<meta charset="utf-8"><title>办理说明</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>\n'


def _when(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _table(lines: Iterable[Sequence[Any]]) -> str:
    rows = "".join(f"<tr><th>{escape(str(name))}</th><td>{escape(str(value))}</td></tr>" for name, value in lines)
    return f"<table>{rows}</table>" if rows else "<p>无</p>"


def _known(row: CertificateRow | None) -> str:
    values = [] if row is None else [(field.name, getattr(row, field.name)) for field in fields(row)]
    return _table(
        (_FACTS[name], _WORDS.get(name, {}).get(value) or _value(value))
        for name, value in values
        if name in _FACTS and value not in (None, (), False, 0)
    )


def _value(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "、".join(map(str, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def _rules(explanation: Explanation) -> str:
    if not explanation.rules_kept:
        return "<p>当时的规则没有存档。</p>"
    return _table((_title(rule), _row(rule)) for rule in explanation.rules)


def _title(rule: Rule) -> str:
    return f"{TITLES[rule.table]}（{'' if rule.table == YEAR else f'{rule.table}/'}{rule.id}）"


def _row(rule: Rule) -> str:
    valid = f"自{rule.since}" + (f"至{rule.until}（不含）" if rule.until else "起")
    where = f"，适用{rule.division}" if rule.division else ""
    values = "；".join(f"{name} = {_value(value)}" for name, value in rule.values.items())
    return f"{valid}{where}。{values}。来源：{rule.source}"


def _chain(events: Sequence[Related]) -> str:
    return _table((_when(each.at), each.words) for each in events)

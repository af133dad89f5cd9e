"""What receivers read: one file per text, receiver class and version, checked when it is loaded. Knows no event and no office.

A file is `<id>.<receiver>.v<version>.txt`: front matter in TOML between lines of `+++`, then the text, a Jinja2 template in a sandbox in
which a missing fact is an error. Who may read what is domain reference 7.2: a village "visit household X, reason class, by date", an
agency its case and what the task needs, a group in a chat counts and the way to the login, a person no category, grade, class or amount,
no link, and nothing that asks for a number.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, meta
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from services.domain.audience import Receiver, unsayable
from services.kernel.errors import Malformed
from services.kernel.policy import PolicyError

# What no receiver may be shown: what reveals a disability's nature, a household's means, a child, or who it is.
FORBIDDEN = frozenset(
    {
        "category",
        "grade",
        "amount",
        "income_per_head",
        "person_id",
        "certificate_id",
        "household_id",
        "members",
        "household_class",
        "constituents",
        "from_category",
        "from_grade",
        "subsidy",
        "evidence",
        "relationship",
        "language",
        "meets_standard",
        "income_fell",
        "birth_month",
        "birth_date",
        "minor",
        "name",
        "phone",
        "address",
        "citizen_id",
        "diagnosis",
        "persons",
        "subject",
        "object",
    }
)
# Facts that are not an event's own: words for its codes and what is to be borne in mind, the number of the subject, the day to answer by.
DERIVED = frozenset({"kind_name", "finding_name", "stage_name", "caution", "roster_name", "ref", "answer_by"})
CASE_ONLY = "case-only"  # what is told on a phone about a child under fourteen (PIPL 31): the case, nothing else
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_ONLY = {  # a receiver that is not here may be shown every fact that is not forbidden
    Receiver.GROUP: frozenset({"count", "overdue", "agency_name", "login_url"}),
    Receiver.PERSON: frozenset({"office_name", "office_phone", "valid_to", "answer_by", "ref", "language_note"}),
}
_NEEDED = {Receiver.PERSON: frozenset({"office_phone"}), Receiver.GROUP: frozenset({"login_url"})}
_SAMPLES = {  # of what is not a day
    "ref": "4821-07365-51908",
    "kind_name": "自然灾害",
    "finding_name": "应享未享",
    "stage_name": "核实",
    "caution": "这只是线索。",
    "period": "2026-03",
    "roster_name": "低保名单",
    "measure": "M14",
    "month": "2026-03",
    "first_month_lost": "2026-04",
    "reason": "no_header",
    "from_name": "香格里拉市残联",
    "what_name": "未按时签收",
    "reason_name": "不属本单位职责",
    "text": "原事项内容。",
    "count": "12",
    "overdue": "3",
    "agency_name": "残联",
    "login_url": "https://shouwang.example",
    "office_name": "县残联",
    "office_phone": "12385",
    "language_note": "拨打时请说明您讲藏语。",
    "title": "重度残疾人护理补贴",
    "plain": "名单上的人可能符合条件，请告知。",
    "sheets": "低保名单",
}
_SANDBOX = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)  # plain text, no markup
_SANDBOX.globals.clear()  # a text knows its facts, and no range, no namespace
_compiled = cache(_SANDBOX.from_string)  # to compile one takes far longer than to fill it
_CARD = "残疾人证"  # may be named to a phone that is confirmed as the holder's or guardian's


@dataclass(frozen=True, slots=True)
class Template:
    """One version of a text for one receiver class. `confirmed_phone`: only for a phone confirmed as the holder's or guardian's."""

    id: str
    version: int
    receiver: Receiver
    facts: frozenset[str]
    body: str
    confirmed_phone: bool = False

    @property
    def name(self) -> str:
        """How a notice names it: `id.receiver@version`."""
        return f"{self.id}.{self.receiver.lower()}@{self.version}"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text, and of which template it was made."""

    template: str
    text: str


class Templates:
    """All texts of a folder. Raises `PolicyError` for the first file that asks for or says what its receiver may not be told."""

    def __init__(self, folder: Path) -> None:
        self.files = tuple(sorted(folder.glob("*.txt")))
        self.all = tuple(self._read(path) for path in self.files)

    def latest(self, id: str, receiver: Receiver) -> Template | None:
        """The newest version for this receiver, or None."""
        found = [t for t in self.all if (t.id, t.receiver) == (id, receiver)]
        return max(found, key=lambda t: t.version, default=None)

    def render(self, id: str, receiver: Receiver, facts: Mapping[str, str]) -> Rendered:
        """The text with these facts. Raises `Malformed`: no template, a missing fact, a forbidden word."""
        template = self.latest(id, receiver)
        if template is None:
            raise Malformed("template_unknown", f"没有文本模板{id}（{receiver.value}）")
        return self.filled(template, facts)

    def filled(self, template: Template, facts: Mapping[str, str]) -> Rendered:
        """The text of this very version."""
        allowed = {name: shown(value) for name, value in facts.items() if name in template.facts}
        try:
            text = _compiled(template.body).render(allowed)
        except UndefinedError as error:
            raise Malformed("fact_missing", f"文本模板{template.name}缺少内容：{error}") from None
        except SecurityError as error:
            raise Malformed("template_unsafe", f"文本模板{template.name}含有不允许的写法：{error}") from None
        if word := _said(template, text):
            raise Malformed("word_forbidden", f"文本模板{template.name}不得出现“{word}”")
        return Rendered(template.name, text)

    def sample(self, id: str, receiver: Receiver) -> dict[str, str]:
        """Made-up facts with which the newest version can be shown; none where there is no such text."""
        template = self.latest(id, receiver)
        return _sampled(template) if template else {}

    def _read(self, path: Path) -> Template:
        where = f"templates/{path.name}"
        try:
            _, head, body = path.read_text(encoding="utf-8").split("+++\n", 2)
            raw = tomllib.loads(head)
            raw["facts"], raw["receiver"] = frozenset(raw["facts"]), Receiver(raw["receiver"])
            template = Template(body=body.strip(), **raw)
            asked = meta.find_undeclared_variables(_SANDBOX.parse(template.body))
        except (ValueError, KeyError, TypeError, TemplateSyntaxError) as error:
            raise PolicyError(f"{where}: {error}") from None
        if path.name != f"{template.id}.{template.receiver.lower()}.v{template.version}.txt":
            raise PolicyError(f"{where}: the name of the file is not the template's id, receiver and version")
        if undeclared := asked - template.facts:
            raise PolicyError(f"{where}: asks for {sorted(undeclared)}, which it does not declare")
        hidden = template.facts & FORBIDDEN | template.facts - _ONLY.get(template.receiver, template.facts)
        if hidden:
            raise PolicyError(f"{where}: {template.receiver} may not be shown {sorted(hidden)}")
        if missing := _NEEDED.get(template.receiver, frozenset()) - asked:
            raise PolicyError(f"{where}: {template.receiver} must be told {sorted(missing)}")
        if word := _said(template, template.body):
            raise PolicyError(f"{where}: {template.receiver} may not be told {word}")
        try:
            self.filled(template, _sampled(template))
        except Malformed as error:
            raise PolicyError(f"{where}: {error.detail}") from None
        except Exception as error:  # whatever else a text can do that is no text: to ask for another file, say
            raise PolicyError(f"{where}: {type(error).__name__}: {error}") from None
        return template


def _sampled(template: Template) -> dict[str, str]:
    return {name: _SAMPLES.get(name, "2026-03-02") for name in template.facts}


def shown(value: str) -> str:
    """A fact as people read it: days in words, everything else as it is."""
    day = _DAY.fullmatch(value)
    return f"{day[1]}年{int(day[2])}月{int(day[3])}日" if day else value


def _said(template: Template, text: str) -> str | None:
    """A word that this receiver may not be told, if the text has one."""
    return unsayable(template.receiver, text.replace(_CARD, "") if template.confirmed_phone else text)

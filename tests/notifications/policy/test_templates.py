"""What receivers read: every text shown with made-up facts, and what a text may not ask for, say or leave out."""

import re
from pathlib import Path

import pytest

from services.domain.audience import Receiver
from services.kernel.errors import Malformed
from services.kernel.policy import PolicyError
from services.notifications.policy.load import POLICY
from services.notifications.policy.templates import CASE_ONLY, FORBIDDEN, Template, Templates, shown

TEMPLATES = POLICY.templates


@pytest.mark.parametrize("template", TEMPLATES.all, ids=lambda t: t.name)
def test_every_text_reads_in_short_sentences_and_shows_nothing_forbidden(template: Template) -> None:
    text = TEMPLATES.filled(template, TEMPLATES.sample(template.id, template.receiver)).text
    assert not template.facts & FORBIDDEN
    assert not re.search(r"[{}]|None|身份证|等级|类别|[一二三四]级|\d{4}-\d\d-\d\d", text)
    spoken = re.sub(r"（[^（）]*编号[-0-9]+）", "", text)  # eyes skip a number in brackets
    assert max(map(len, re.split("[。！？]", spoken))) <= 50
    if template.receiver is Receiver.PERSON:
        assert "12385" in text
        number = "" if template.id == CASE_ONLY else "|[A-Z0-9]{8}|[0-9]{4}-[0-9]{5}-[0-9]{5}"
        assert not re.search(rf"http|链接|元|账|密码{number}", text)
        assert ("残疾人证" in text) <= template.confirmed_phone
    if template.receiver is Receiver.GROUP:
        assert "残疾" not in text


def test_a_day_is_shown_in_words_and_everything_else_as_it_is() -> None:
    assert [shown(x) for x in ("2026-03-04", "2026-03", "M14", "12026-03-04")] == ["2026年3月4日", "2026-03", "M14", "12026-03-04"]


def written(folder: Path, body: str, name: str = "a.agency.v1", **head: str) -> Templates:
    """A folder with one text."""
    values = {"id": '"a"', "version": "1", "receiver": '"AGENCY"', "facts": '["ref"]'} | head
    front = "".join(f"{key} = {value}\n" for key, value in values.items() if value)
    (folder / f"{name}.txt").write_text(f"+++\n{front}+++\n{body}\n", encoding="utf-8")
    return Templates(folder)


PERSON = {"receiver": '"PERSON"', "facts": '["office_phone"]'}


@pytest.mark.parametrize(
    ("body", "head", "told"),
    [
        ("{{ grade }}", {"facts": '["grade"]'}, r"AGENCY may not be shown \['grade'\]"),
        ("{{ minor }}", {"facts": '["minor"]'}, r"AGENCY may not be shown \['minor'\]"),
        ("{{ other }}", {}, r"asks for \['other'\], which it does not declare"),
        ("{% if %}", {}, "Expected an expression"),
        ("残疾等级为重度", {}, "AGENCY may not be told 等级"),
        ("{{ ref.__class__ }}{{ ref.__class__.__mro__ }}", {}, "access to attribute '__class__' of 'str' object is unsafe"),
        ("{{ ref.other }}", {}, "has no attribute 'other'"),
        ("没有期限", {"facts": ""}, "facts"),
        ("文本", {"receiver": '"NOBODY"'}, "NOBODY"),
        ("文本", {"colour": '"red"'}, "colour"),
        ("文本", {"version": "2"}, "the name of the file"),
        (
            "{{ measure }}{{ office_phone }}",
            PERSON | {"facts": '["measure", "office_phone"]'},
            r"PERSON may not be shown \['measure'\]",
        ),
        ("您好。", PERSON, r"PERSON must be told \['office_phone'\]"),
        ("请点击 https://a.example {{ office_phone }}", PERSON, "PERSON may not be told 点击"),
        ("回复身份证号。{{ office_phone }}", PERSON, "PERSON may not be told 身份证号"),
        ("您的残疾人证到期。{{ office_phone }}", PERSON, "PERSON may not be told 残疾"),
        ("您每月100元。{{ office_phone }}", PERSON | {"confirmed_phone": "true"}, "PERSON may not be told 元"),
    ],
)
def test_a_text_that_asks_for_or_says_too_much_is_refused_and_named(
    body: str, head: dict[str, str], told: str, tmp_path: Path
) -> None:
    receiver = head.get("receiver", '"AGENCY"').strip('"').lower()
    with pytest.raises(PolicyError, match=rf"templates/a\.{receiver}\.v1\.txt: .*{told}"):
        written(tmp_path, body, f"a.{receiver}.v1", **head)


@pytest.mark.parametrize(
    "body",
    [
        "{{ ref|attr('__class__') }}",
        "{{ ref['__class__'] }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''['\\x5f\\x5fclass\\x5f\\x5f'] }}",
        "{{ '{0.__class__.__init__.__globals__}'.format(ref) }}",
        "{{ '{ref.__class__}'.format_map({'ref': ref}) }}",
        "{{ ref.format.__self__ }}",
        "{{ lipsum.__globals__['os'].popen('id').read() }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ joiner.__init__.__globals__ }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ config }}{{ request.application }}",
        "{{ ().__class__.__base__ }}",
        "{{ (ref|list).append('x') or ref.__init__ }}",
        "{{ [].__class__.__base__.__subclasses__()|list }}",
        "{{ range(1000000000)|list }}",
        "{% for n in range(100000000) %}{{ n }}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}{{ os }}",
        "{% extends '/etc/passwd' %}",
        "{% set x = ref.__class__ %}{{ x }}",
        "{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{{ m() }}",
    ],
)
def test_a_text_that_reaches_beyond_its_facts_stops_the_start(body: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"templates/a\.agency\.v1\.txt: "):
        written(tmp_path, body)


@pytest.mark.parametrize(
    "fact", ["{{ 7 * 7 }}", "{% for n in range(9) %}x{% endfor %}", "{0.__class__}", "%s", "{{ ref.__class__ }}"]
)
def test_what_a_fact_says_is_text_and_never_a_template(fact: str, tmp_path: Path) -> None:
    assert written(tmp_path, "编号{{ ref }}").render("a", Receiver.AGENCY, {"ref": fact}).text == f"编号{fact}"


def test_the_card_may_be_named_to_a_confirmed_phone_alone(tmp_path: Path) -> None:
    head = PERSON | {"confirmed_phone": "true"}
    made = written(tmp_path, "您的残疾人证到期。{{ office_phone }}", "a.person.v1", **head)
    assert made.render("a", Receiver.PERSON, {"office_phone": "12385"}).text == "您的残疾人证到期。12385"


def test_a_missing_fact_and_a_forbidden_word_that_comes_in_with_a_fact_are_refused(tmp_path: Path) -> None:
    made = written(tmp_path, "{{ ref }}")
    with pytest.raises(Malformed, match=r"fact_missing: 文本模板a.agency@1缺少内容：'ref' is undefined"):
        made.render("a", Receiver.AGENCY, {"grade": "1"})
    with pytest.raises(Malformed, match=r"word_forbidden: 文本模板a.agency@1不得出现“等级”"):
        made.render("a", Receiver.AGENCY, {"ref": "等级"})
    with pytest.raises(Malformed, match="template_unknown"):
        made.render("a", Receiver.VILLAGE, {"ref": "1"})


def test_the_newest_version_is_used_and_the_older_one_can_still_be_shown(tmp_path: Path) -> None:
    written(tmp_path, "一 {{ ref }}")
    made = written(tmp_path, "二 {{ ref }}", "a.agency.v2", version="2")
    assert made.render("a", Receiver.AGENCY, {"ref": "x"}).template == "a.agency@2"
    assert [made.filled(t, {"ref": "x"}).text for t in made.all] == ["一 x", "二 x"]

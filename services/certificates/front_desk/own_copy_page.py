"""个人信息副本 (个人信息保护法 art. 45): everything the register holds of a person, as a page to hand over. Pure words over a dossier."""

from collections.abc import Sequence
from datetime import datetime

from services.certificates import offices
from services.certificates.explanation.explain import office_words
from services.certificates.forms.contents import TITLES, Printed
from services.certificates.forms.form import Block, Form, Heading, Pairs, Table
from services.certificates.front_desk.own_copy import Dossier
from services.certificates.policy.form_rows import Office
from services.certificates.policy.load import CertificatePolicy
from services.domain.file_number import file_number
from services.kernel.events import SHANGHAI

_WHAT = {None: "身份证号", "NAME": "姓名", "PHONE": "电话", "ADDRESS": "地址"}
_NONE = "无。"
_CHOICES = {None: "未登记", "TEXT": "文字", "VOICE": "语音", "GUARDIAN": "经监护人", "VISIT": "上门"}
_RELATIONSHIPS = {
    "PARENT": "父母",
    "FATHER": "父亲",
    "MOTHER": "母亲",
    "SPOUSE": "配偶",
    "CHILD": "子女",
    "SON": "儿子",
    "DAUGHTER": "女儿",
    "SIBLING": "兄弟姐妹",
    "GRANDPARENT": "祖父母、外祖父母",
    "RELATIVE": "其他亲属",
}
_LANGUAGES = {"MANDARIN": "（普通话）", "TIBETAN": "（藏语）", "LISU": "（傈僳语）", "NAXI": "（纳西语）", "SIGN": "（手语）"}


def own_copy(held: Dossier, office: Office, policy: CertificatePolicy) -> Form:
    """个人信息副本."""
    moves = [
        (policy.place(move.from_division, move.on), policy.place(move.to_division, move.on), str(move.on)) for move in held.moves
    ]
    body: tuple[Block, ...] = (
        "依照《中华人民共和国个人信息保护法》第四十五条，本单位登记的有关您的个人信息如下。您认为不准确的，可以要求更正（第四十六条）。",
        Heading("一、身份"),
        _identity(held, policy),
        Heading("二、更正前的内容"),
        _table(
            ("项目", "原内容", "至"),
            (20, 55, 25),
            [(_WHAT[earlier.what], earlier.was, str(earlier.until)) for earlier in held.earlier],
        ),
        Heading("三、监护人"),
        _guardians(held),
        Heading("四、户籍迁移"),
        _table(("迁出", "迁入", "日期"), (38, 38, 24), moves),
        Heading("五、申请和残疾人证"),
        *(_cards(held, policy) or (_NONE,)),
        Heading("六、向您作过的告知"),
        _table(("日期", "内容"), (25, 75), [(str(each.on), each.words) for each in held.notices]),
        Heading("七、谁查询过您的信息"),
        _looks(held, policy),
        "以上是本单位登记的有关您的全部个人信息。",
    )
    return Form(
        title="个人信息副本",
        addressee=held.person.name,
        body=body,
        office=f"{office.name}（盖章）",
        on=held.made_on,
        signatures=("经办人（签字）：＿＿＿＿＿　本人或者监护人（签收）：＿＿＿＿＿",),
        footer="本副本含完整的身份信息，请妥善保管。监护人的身份证号隐去部分；他人对公示提出的意见不在其中。",
    )


def _identity(held: Dossier, policy: CertificatePolicy) -> Block:
    person = held.person
    died = (("登记的死亡日期", str(person.died_on)),) if person.died_on else ()
    return Pairs(
        (
            ("姓名", person.name),
            ("身份证号", person.citizen_id),
            ("电话", (person.phone or "未登记") + ("（已确认为本人所有）" if person.phone_confirmed else "")),
            ("希望的联系方式", _CHOICES[person.contact_choice] + _LANGUAGES.get(person.language or "", "")),
            ("地址", person.address or "未登记"),
            ("户籍所在地", policy.place(person.division, held.made_on)),
            ("登记日期", str(person.registered_on)),
            *died,
        )
    )


def _guardians(held: Dossier) -> Block:
    rows = [
        (
            guardian.name,
            _RELATIONSHIPS.get(guardian.relationship.upper(), guardian.relationship),
            guardian.citizen_id,
            guardian.phone or "",
            _time(guardian.since),
        )
        for guardian in held.guardians
    ]
    return _table(("姓名", "关系", "身份证号", "电话", "登记时间"), (14, 12, 32, 20, 22), rows)


def _cards(held: Dossier, policy: CertificatePolicy) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for card in held.cards:
        blocks.append(f"办件号：{file_number(card.certificate_id)}")
        if card.numbers:
            rows = [(each.number, str(each.since), str(each.until or "今")) for each in card.numbers]
            blocks.append(_table(("残疾人证号", "自", "至"), (50, 25, 25), rows))
        lines = [(_time(one.at), _office(one.office, one.at, policy), one.words) for one in card.history]
        blocks.append(_table(("时间", "单位", "事项"), (26, 28, 46), lines))
    return tuple(blocks)


def _looks(held: Dossier, policy: CertificatePolicy) -> Block:
    rows = [
        (
            _time(look.at),
            _office(f"{look.agency}:{look.division}", look.at, policy),
            offices.PURPOSES.get(look.purpose, look.purpose),
            _about(look.reference),
            "已显示" if look.shown else "未显示",
        )
        for look in held.looks
    ]
    return _table(("时间", "单位", "目的", "事项编号", "结果"), (22, 26, 16, 22, 14), rows)


def _table(header: tuple[str, ...], widths: tuple[int, ...], rows: Sequence[tuple[str, ...]]) -> Block:
    """A table without lines for handwriting; one word when there is nothing."""
    filled = tuple(tuple(cell or "—" for cell in row) for row in rows)
    return Table(header, widths, filled) if filled else _NONE


def _office(office: str, at: datetime, policy: CertificatePolicy) -> str:
    """Like 香格里拉市残联, by its name of then; a machine is the system."""
    return office_words(office, policy.places, at.astimezone(SHANGHAI).date())


def _about(reference: str) -> str:
    """For which piece of work: a form by its title, everything else as it was noted."""
    kind, _, form = reference.partition("/")
    if kind != "form":
        return reference
    return TITLES[Printed(form)] if form in set(Printed) else "上门评残名单"


def _time(at: datetime) -> str:
    """2026-03-02 10:00, in Shanghai."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"

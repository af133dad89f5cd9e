"""The ledger of a month as a county exports it: cards, reminders and messages, row by row."""

from datetime import date

from services.domain.file_number import file_number
from tests.notifications.reminder.ledger import COUNTY, ENDS, ONE, Registry, card, holder, lapsed, reminder_of, workbook
from tests.notifications.samples import VILLAGE

PLACE = "小中甸镇"


async def test_a_county_exports_who_was_due_and_how_each_was_reached_or_why_not(registry: Registry) -> None:
    clerk, once = await lapsed(registry), file_number(card("once"))
    pages, told = await workbook(clerk, month="2026-03"), "已送达：2026-03-02，入户人员当面告知（短信或电话环节）"
    rows = {r[0]: r for r in pages[0]}
    assert rows[file_number(card("twice"))] == [
        file_number(card("twice")),
        file_number(holder("twice")),
        PLACE,
        VILLAGE,
        ENDS,
        2,
        2,
        "是",
        told,
        told,
        "",
        "到期未换领",
        "",
        "",
        "",
    ]
    in_vain = "未送达：短信或电话期限内无人确认（2026-03-06）；村（社区）入户期限内无人确认（2026-03-10）"
    assert rows[once][5:] == [2, 1, "否", told, in_vain, "", "到期未换领", "", "", ""]
    assert rows[file_number(card("renewed"))][5:] == [1, 0, "否", "不再提醒：已换领", "", "", "已换领", "", "", ""]
    assert pages[1][3:] == []
    assert pages[2][3:] == [
        ["乡镇（街道）", PLACE[:4], VILLAGE[:9], 2, 1, once],
        ["村（社区）", PLACE, VILLAGE, 2, 1, once],
    ]


MESSAGE = """WITH made AS (
    INSERT INTO delivery (delivery_id, source, stream_id, recipient, cause_id, correlation_id, agency, division, channel, urgent, state,
        attempt, flagged, reason, sent_on, settled_at)
    VALUES (gen_random_uuid(), 'PERSON', $1, $2, $1, $1, 'CL', $3, $4, false, $5, $6, $7, $8, '2026-03-02', '2026-03-02T01:30Z')
    RETURNING delivery_id)
INSERT INTO to_person SELECT delivery_id, $2, $9, $10 FROM made"""


async def test_the_ledger_has_every_message_with_channel_attempts_and_outcome_for_the_federation_alone(registry: Registry) -> None:
    clerk, this, number = await lapsed(registry), reminder_of("once", ONE, ENDS), file_number(card("once"))
    for told in (
        ("SMS", "failed", 2, True, "gone", "HOLDER", False),
        ("VOICE", "delivered", 1, False, None, "GUARDIAN", True),
        ("SMS", "suppressed", 0, False, "ceiling", "GUARDIAN", True),
    ):
        await registry.sql(MESSAGE, this, holder("once"), COUNTY, *told)
    cards, messages, _ = await workbook(clerk, month="2026-03")
    assert {r[0]: r[12:] for r in cards}[number] == ["短信、语音电话", 3, "未送达1条；已到达手机1条；未发送1条"]
    assert messages[2] == [
        "证件编号",
        "提醒",
        "渠道",
        "接收人",
        "次数",
        "结果",
        "原因",
        "发送日期",
        "结果时间",
        "可能重复送达",
        "可作为送达依据",
    ]
    day, at = date(2026, 3, 2), "2026-03-02 09:30"
    assert messages[3:] == [
        [number, "1个月提醒", "短信", "本人", 2, "未送达", "号码已停用", day, at, "是", "否"],
        [number, "1个月提醒", "语音电话", "监护人", 1, "已到达手机", "", day, at, "否", "是"],
        [number, "1个月提醒", "短信", "监护人", 0, "未发送", "当日条数已满", day, at, "否", "是"],
    ]
    village = await registry.as_("CUN", VILLAGE, "liaison")
    cards, messages, _ = await workbook(village, month="2026-03")
    assert {r[0]: r[12:] for r in cards}[number] == ["", "", ""]
    assert len(messages) == 3

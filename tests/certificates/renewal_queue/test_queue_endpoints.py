"""The renewal queue and the forecast through the doors: alone, and with what matching and monitoring publish over real Kafka."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from python_calamine import CalamineWorkbook

from services.certificates.renewal_queue.projection import FOLLOWED
from services.engine.rebuild import Rebuild
from services.engine.runtime import Runtime
from services.kernel.decider import Decider
from services.matching.payment.decider import PAYMENT, Part, PartKey, Record, payment_id
from services.matching.service import SERVICE as MATCHING
from services.matching.vocabulary import PaymentNature, Subsidy
from services.monitoring.household import decider as household_decider
from services.monitoring.risk_case import decider as risk_case_decider
from services.monitoring.service import SERVICE as MONITORING
from tests.certificates import office as certificates_office
from tests.certificates.office import VILLAGE, Office
from tests.monitoring.risk_case.samples import REPORT
from tests.spec import context
from tests.world import World, contents

LATE = "2035-12-01"  # cards issued in March 2026 end in March 2036


async def say(runtime: Runtime, decider: Decider[Any, Any, Any], stream: UUID, command: Any, actor: str = "machine:x") -> None:
    """A command of another service, executed in its own database; its relay publishes what comes of it."""
    about = replace(context(date(2035, 11, 1), actor), seed=uuid4())
    async with runtime.pool.acquire() as conn, conn.transaction():
        await runtime.executor.execute(conn, decider, stream, command, about)


async def pay(matching: Runtime, person: str, subsidy: Subsidy, *months: tuple[str, int]) -> None:
    """Sheets say that a person was paid."""
    for month, amount in months:
        part = Part(PartKey(VILLAGE[:6], month, month, PaymentNature.REGULAR), Decimal(amount), uuid4())
        said = Record(UUID(person), subsidy, VILLAGE, (part,))
        await say(matching, PAYMENT, payment_id(UUID(person), subsidy), said)


async def household(monitoring: Runtime, person: str) -> UUID:
    """A monitored household of this person; the case."""
    home, case = uuid4(), uuid4()
    await say(monitoring, household_decider.HOUSEHOLD, home, household_decider.Register(VILLAGE, (UUID(person), uuid4())))
    await say(monitoring, risk_case_decider.CASE, case, replace(REPORT, household_id=home, division=VILLAGE))
    await say(monitoring, risk_case_decider.CASE, case, risk_case_decider.OpenCase(), "XCZX:533401:a")
    await say(monitoring, risk_case_decider.CASE, case, risk_case_decider.Identify("MARGINAL_AT_RISK"), "XCZX:533401:a")
    return case


async def sheet(office: Office, path: str) -> list[list[list[Any]]]:
    """The pages of a workbook, without their empty cells at the end."""
    async with office.clerk.session.get(path) as answer:
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        book = CalamineWorkbook.from_filelike(BytesIO(await answer.read()))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


async def test_the_queue_works_alone_and_says_that_it_never_heard_of_payments(place: World) -> None:
    office = await certificates_office.opened(place)
    _, certificate = await office.issued()
    await office.on(LATE)
    told = await office.clerk.get("/renewals")
    assert told["sources"] == [
        {"source": "PAYMENTS", "heard_at": None, "month": None},
        {"source": "HOUSEHOLDS", "heard_at": None, "month": None},
    ]
    assert [(r["certificate_id"], r["payments"], r["loss_per_month"], r["days_left"]) for r in told["items"]] == [
        (certificate, [], "0.00", 100),
    ]
    (page,) = await sheet(office, "/renewals.xlsx")
    assert [row[0] for row in page[1:4]] == [
        "截至2035-12-01；按每月损失、监测户、到期日排序；只列编号，姓名须凭人员编号另行查询并留痕",
        "两项补贴发放：从未收到数据，不能据此认为没有",
        "监测户：从未收到数据，不能据此认为没有",
    ]
    assert "测试甲" not in str(page)
    health, there = await office.client("WJ", "533401", "health"), await office.client("CL", "533422", "clerk")
    for path in ("/renewals", "/renewals.xlsx"):
        assert (await health.get(path, 403))["title"] == "not_your_duty"
    assert (await there.get("/renewals"))["items"] == []
    assert (await there.get("/renewals/forecast", 403, division="533401"))["title"] == "foreign_division"
    await office.clerk.post(f"/certificates/{certificate}/renew")
    assert (await office.clerk.get("/renewals"))["items"] == []


async def test_payments_and_households_of_the_other_services_rank_the_queue(place: World) -> None:
    office = await certificates_office.opened(place)
    issued = [await office.issued(n) for n in range(4)]
    (watched, first), (poor, second), (rich, third), (_, fourth) = issued
    matching, monitoring = await place.open(MATCHING, pool_size=4), await place.open(MONITORING, pool_size=4)
    for runtime, roles in ((matching, ("relay",)), (monitoring, ("relay",)), (office.runtime, ("relay", "worker"))):
        await place.start(runtime, *roles)
    await pay(matching, rich, Subsidy.CARE, ("2035-11", 110))
    await pay(matching, rich, Subsidy.LIVING, ("2035-11", 100), ("2035-10", 90))
    for person in (poor, watched):
        await pay(matching, person, Subsidy.LIVING, ("2035-11", 100))
    await pay(matching, watched, Subsidy.CARE, ("2035-01", 100))  # ended long ago
    case = await household(monitoring, watched)
    await office.on(LATE)

    async def ranked() -> Any:
        told = await office.clerk.get("/renewals")
        order = [r["certificate_id"] for r in told["items"]]
        return told if order == [third, first, second, fourth] and told["items"][1]["monitored"] else None

    told = await place.until(ranked)
    losses = [(r["loss_per_month"], r["loss_ahead"], r["first_month_unpaid"], r["monitored"]) for r in told["items"]]
    assert losses == [  # eight of the next twelve months begin with April
        ("210.00", "1680.00", "2036-04", False),
        ("100.00", "800.00", "2036-04", True),
        ("100.00", "800.00", "2036-04", False),
        ("0.00", "0.00", "2036-04", False),
    ]
    heard(told)
    await paged(office, [third, first, second, fourth])
    await forecasts(office)
    await written(office)
    await rebuilt(office)
    assert UUID(str((await office.sql("SELECT case_id FROM views.monitored_case"))[0]["case_id"])) == case


def heard(told: Any) -> None:
    """The queue names the payments of who loses most, and when each source was last heard of."""
    assert [(p["subsidy"], p["month"], p["amount"]) for p in told["items"][0]["payments"]] == [
        ("CARE", "2035-11", "110.00"),
        ("LIVING", "2035-11", "100.00"),
    ]
    assert [(x["source"], x["heard_at"][:10], x["month"]) for x in told["sources"]] == [
        ("PAYMENTS", "2035-11-01", "2035-11"),
        ("HOUSEHOLDS", "2035-11-01", None),
    ]


async def written(office: Office) -> None:
    """The workbook has the same order: who loses most, then the monitored household."""
    (page,) = await sheet(office, "/renewals.xlsx")
    assert [(row[1], row[7], row[8], row[9], row[12]) for row in page[5:7]] == [
        ("尼西乡", "2036-04", 100.0, 110.0, ""),
        ("尼西乡", "2036-04", 100.0, "", "是"),
    ]


async def paged(office: Office, order: list[str]) -> None:
    """Page by page the same order, without a gap or a repeat."""
    seen, after = [], ""
    while more := await office.clerk.get("/renewals", limit=3, after=after):
        seen += [r["certificate_id"] for r in more["items"]]
        after = more["cursor"]
        if not more["more"]:
            break
    assert seen == order
    assert (await office.clerk.get("/renewals", 422, after="x"))["title"] == "cursor_unknown"


async def forecasts(office: Office) -> None:
    """A clerk sees the wave of four with its money; the health bureau no small cell; both a picture."""
    body = {"division": VILLAGE, "on": "2036-03-05", "institution": "H01", "doctor": "D07", "quota": 7}
    health = await office.client("WJ", "533401", "health")
    await health.post("/rounds", body, 201)
    made = (await office.clerk.get("/renewals/forecast", months=6))["forecast"]
    assert made["months"] == ["2035-12", "2036-01", "2036-02", "2036-03", "2036-04", "2036-05"]
    march = next(load for load in made["counties"] if load["wave"]["month"] == "2036-03")
    assert march == {
        "wave": {
            "division": "533401",
            "name": "香格里拉市",
            "month": "2036-03",
            "cards": 4,
            "with_payment": 3,
            "amount": "410.00",
            "seats": 7,
        },
        "reassess": False,
        "demand": 0,
        "capacity": 67,
        "short": False,
    }
    nixi = [w for w in made["townships"] if w["division"] == "533401204" and w["month"] == "2036-03"]
    assert [(w["name"], w["cards"], w["seats"]) for w in nixi] == [("尼西乡", 4, 7)]
    hidden = (await health.get("/renewals/forecast", months=6))["forecast"]
    assert {(w["cards"], w["with_payment"], w["amount"]) for w in hidden["townships"]} == {(None, None, None), (0, None, None)}
    counties, townships = await sheet(office, "/renewals/forecast.xlsx?months=4")
    assert [counties[2][:4], counties[6][:6]] == [
        ["区划代码", "名称", "月份", "到期人数"],
        ["533401", "香格里拉市", "2036-03", 4.0, 3.0, 410.0],
    ]
    assert len(townships) == 3 + 4 * 12
    async with office.clerk.session.get("/renewals/forecast.svg?months=4") as answer:
        drawn = await answer.text()
    assert answer.content_type == "image/svg+xml"
    assert "有补贴：2035-12 0，2036-01 0，2036-02 0，2036-03 3；无补贴：2035-12 0，2036-01 0，2036-02 0，2036-03 1" in drawn
    assert (await health.get("/renewals/forecast", 422, months=61))["title"] == "not_valid"


async def rebuilt(office: Office) -> None:
    """What the register follows is rebuilt from the other services' topics to the same rows."""
    for projection in FOLLOWED:
        async with office.runtime.pool.acquire() as conn:
            before = await contents(conn, projection)
        url = office.place.database["certificates"]["rebuild"]
        assert await Rebuild(office.runtime, projection.table, url).run() == len(before) > 0
        async with office.runtime.pool.acquire() as conn:
            assert await contents(conn, projection) == before

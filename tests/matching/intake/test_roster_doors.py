"""What a sender does with a list that is there: sees it, confirms it, has a copy with what is wrong, takes it back."""

from typing import Any

from deploy.sandbox.sheets import workbook
from services.engine import retention
from tests.matching.county import COUNTY, DAY, NEAR, OTHER, citizen
from tests.matching.intake.desk import PAYMENT, Desk, listing
from tests.world import Client, World


async def test_a_list_of_half_its_rows_counts_for_nothing_until_its_sender_confirms_it(desk: Desk, place: World) -> None:
    await desk.county.holds(1, NEAR, 2)
    header = ["姓名", "身份证号", "补贴类型", "金额"]

    def paying(*numbers: int) -> bytes:
        return workbook(header, [["测试", citizen(number), "生活补贴", 90] for number in numbers])

    whole = await desk.sends(paying(*range(2, 12)), **PAYMENT)
    assert whole["state"] == "RECEIVED"
    part = await desk.sends(paying(1, 2, 3), kind="SUBSIDY_PAYMENT", period="2026-01")
    assert (part["state"], part["why"], part["usual_rows"], part["job"]["state"]) == ("HELD", "FEWER_ROWS", 10, "HELD")
    finance = await desk.county.as_("CZ", COUNTY, "steward")
    assert (await finance.post(f"/rosters/{part['id']}/confirm", {}, 403))["title"] == "not_the_sender"
    elsewhere = await desk.county.as_("MZ", OTHER, "steward")
    assert (await elsewhere.post(f"/rosters/{part['id']}/confirm", {}, 404))["title"] == "roster_unknown"
    confirmed = await desk.steward.post(f"/rosters/{part['id']}/confirm", {}, 200)
    assert [event["type"] for event in confirmed["events"]] == ["shouwang.matching.RosterConfirmed"]
    assert (await desk.steward.get(f"/rosters/{part['id']}"))["state"] == "RECEIVED"
    assert (await desk.steward.post(f"/rosters/{part['id']}/confirm", {}, 409))["title"] == "roster_not_held"


async def test_rosters_are_listed_by_what_is_asked_newest_first_page_by_page(desk: Desk) -> None:
    first = await desk.sends(listing(1))
    refused = await desk.sends(b"no sheet")
    last = await desk.sends(listing(1, 2), period="2025-12", as_of="2025-12-31")

    async def listed(**asked: Any) -> list[str]:
        return [row["roster_id"] for row in (await desk.steward.get("/rosters", **asked))["items"]]

    assert await listed() == [last["id"], refused["id"], first["id"]]
    assert await listed(order="OLDEST") == [first["id"], refused["id"], last["id"]]
    assert await listed(state="RECEIVED") == [last["id"], first["id"]]
    assert await listed(period="2025-12") == [last["id"]]
    assert await listed(sent_by="CZ") == await listed(kind="DEATHS") == await listed(received_until="2025-12-31") == []
    assert len(await listed(division="5334", received_from=str(DAY))) == 3
    page = await desk.steward.get("/rosters", limit=2)
    assert ([row["roster_id"] for row in page["items"]], page["more"]) == ([last["id"], refused["id"]], True)
    assert await listed(limit=2, after=page["cursor"]) == [first["id"]]


async def test_its_sender_alone_has_a_copy_with_what_is_wrong_until_the_file_is_gone(desk: Desk, place: World) -> None:
    found = await desk.sends(workbook(["姓名", "身份证号码"], [["测试", citizen(1)], ["=1+1", 5.3e17]]))
    assert found["why"] == "too_many_bad_rows"

    async def copy(client: Client) -> tuple[int, bytes]:
        async with client.session.get(f"/rosters/{found['id']}/copy.xlsx") as answer:
            return answer.status, await answer.read()

    status, content = await copy(desk.steward)
    assert status == 200
    read = await desk.sends(content, as_of="2025-12-31")
    assert (4, "id_not_text") in [(problem["row"], problem["code"]) for problem in read["problems"]], "rows keep their numbers"
    assert (await copy(await desk.county.as_("CZ", COUNTY, "steward")))[0] == 403
    assert (await copy(await desk.county.as_("MZ", OTHER, "steward")))[0] == 404
    await place.sql("matching", "UPDATE roster_file SET kept_at = now() - interval '31 days'")
    await retention.delete_some(desk.county.runtime)
    assert (await copy(desk.steward))[0] == 404


async def test_what_was_taken_back_is_kept_nowhere(desk: Desk, place: World) -> None:
    found = await desk.sends(listing(1, 2))
    await desk.steward.post(f"/rosters/{found['id']}/withdraw", {"reason": "WRONG_FILE"}, 200)
    for table in ("roster_file", "roster_content"):
        assert await place.sql("matching", f"SELECT 1 FROM {table}") == []
    assert (await desk.steward.get(f"/rosters/{found['id']}"))["state"] == "WITHDRAWN"
    again = await desk.sends(listing(1, 2))
    assert (again["id"], again["state"]) == (found["id"], "RECEIVED")

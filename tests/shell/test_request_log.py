"""A line for each request says what was asked, by which office, how it ended; nothing of what only the caller should know."""

from uuid import uuid4

from structlog.testing import capture_logs

from services.monitoring.service import SERVICE
from tests.kernel.toy import VILLAGE
from tests.world import World


async def test_each_request_is_one_line_and_a_refusal_has_its_code(place: World) -> None:
    base = await place.serve(await place.open(SERVICE))
    client = await place.client(base, "CL", "533401", "liaison", "official")
    unknown, body = uuid4(), {"members": ["not a person"]}
    with capture_logs() as logs:
        await client.get("/livez")
        await client.get("/households/" + str(unknown), status=404)
        await client.get("/nowhere/533499198001010013", status=404)
        await client.post("/households", body, status=422)
        async with client.session.post(f"/households/{unknown}/visits", headers={"Authorization": "Bearer x"}) as answer:
            assert answer.status == 401
    lines = [line for line in logs if line["event"] == "request"]
    assert [
        (line["log_level"], line["method"], line["route"], line["status"], line.get("code"), line.get("office")) for line in lines
    ] == [
        ("debug", "GET", "/livez", 200, None, None),
        ("info", "GET", "/households/{household_id}", 404, "not_found", "CL:533401"),
        ("info", "GET", "unknown", 404, "not_found", None),
        ("info", "POST", "/households", 422, "not_valid", "CL:533401"),
        ("info", "POST", "/households/{household_id}/visits", 401, "token_refused", None),
    ]
    assert all(line["ms"] >= 0 for line in lines)
    assert "533499198001010013" not in str(logs)
    assert "cl-533401" not in str(logs), "the subject of a token is a person"


async def test_a_command_is_found_by_its_correlation_id(place: World) -> None:
    runtime = await place.open(SERVICE)
    client = await place.client(await place.serve(runtime), "CL", "533401", "liaison")
    with capture_logs() as logs:
        await client.post("/households", {"division": VILLAGE, "members": [str(uuid4())]}, 201)
    (line,) = [line for line in logs if line["event"] == "request"]
    events = await place.sql("monitoring", "SELECT DISTINCT correlation_id FROM events")
    assert (line["status"], [str(row["correlation_id"]) for row in events]) == (201, [line["correlation_id"]])

"""The short form of hostile HTTP: some hundred broken requests, a flood, and many who never finish, against one real API."""

import asyncio
import os

import pytest

from services.kernel.service import Service
from services.matching.service import SERVICE as MATCHING
from services.monitoring.service import SERVICE as MONITORING
from services.notifications.service import SERVICE as NOTIFICATIONS
from tests.chaos.hostile_http import answered, attacked, begun, doors, flood, half_sent, untaken
from tests.world import World

PATIENCE = 1
VILLAGE = "533401102001"


@pytest.fixture
async def attack(place: World) -> tuple[str, str]:
    """An API that loses patience after a second, and a token that it takes."""
    runtime = await place.open(MONITORING, pool_size=4, patience_seconds=PATIENCE)
    return await place.serve(runtime), place.issuer.token("x", "CUN", VILLAGE, ["liaison"])


@pytest.mark.parametrize(
    ("service", "role"), [(MONITORING, "liaison"), (NOTIFICATIONS, "clerk")], ids=["monitoring", "notifications"]
)
async def test_no_broken_request_is_a_fault_of_ours_or_leaves_a_connection(
    place: World, service: Service, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The second one has doors that ask for no token: links and receipts."""
    base = await place.serve(await place.open(service, pool_size=4, patience_seconds=PATIENCE))
    token, seed = place.issuer.token("x", "CL", "533401", [role]), int(os.environ.get("SEED", "20211214"))
    found = await attacked(base, token, doors(service.name), seed, requests=400, patience=PATIENCE)
    assert (found.faults, found.logged, found.left_open) == ([], [], 0)
    assert {200, 400, 401, 403, 404, 411, 422} <= found.answers.keys()  # it gets as far as endpoints
    assert found.grown_mib < 64
    assert [line.message for line in caplog.records if line.levelname in ("ERROR", "CRITICAL")] == []


@pytest.mark.parametrize("known", [False, True], ids=["nobody", "a liaison"])
async def test_a_body_that_hides_its_length_is_refused_before_it_is_read(attack: tuple[str, str], known: bool) -> None:
    base, token = attack
    status, sent = await flood(base, 600, token if known else "")
    assert status in (0, 401 if not known else 411)  # 0: the connection was reset while we wrote
    assert sent < 64


async def test_who_may_not_is_refused_before_his_body_is_sent(attack: tuple[str, str], place: World) -> None:
    for token, status in ((place.issuer.token("x", "CUN", VILLAGE, ["nobody"]), 403), ("forged", 401)):
        announced = await begun(attack[0], "/households", token, 1 << 20)
        assert (await asyncio.wait_for(answered(announced), PATIENCE / 2))[0] == status
        announced.close()


async def test_who_never_finishes_is_cut(attack: tuple[str, str]) -> None:
    base, token = attack
    head = b"GET /households HTTP/1.1\r\nHost: x\r\nX-Slow: "
    assert await half_sent(base, head, connections=300, drip=b"x", most=8) < 5 * PATIENCE
    assert await half_sent(base, b"", connections=20, drip=b"", most=8) < 5 * PATIENCE
    body = f"POST /households HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    for length in (1000, 1 << 30):
        announced = f"{body}Idempotency-Key: slow-slow\r\nContent-Length: {length}\r\n\r\n{{".encode()
        assert await half_sent(base, announced, connections=50, drip=b" ", most=8) < 5 * PATIENCE
    assert await untaken(base, requests=500, most=12) < 10 * PATIENCE
    assert (await flood(base, 0))[0] == 401, "it still answers"


async def test_one_office_cannot_fill_the_memory_with_sheets(place: World) -> None:
    base = await place.serve(await place.open(MATCHING, pool_size=4))
    path = "/rosters?kind=SUBSISTENCE_ALLOWANCE&division=533401&as_of=2026-01-15&period=2026-01"
    one, other = (place.issuer.token(name, "MZ", "533401", ["steward"]) for name in ("one", "other"))
    announced = [await begun(base, path, token, 30 << 20) for token in (one, one, one, other)]
    answering = [asyncio.create_task(answered(connection)) for connection in announced]
    (refused,), waited_for = await asyncio.wait(answering, return_when=asyncio.FIRST_COMPLETED)
    status, content = refused.result()
    assert status == 503
    assert b"too_many_uploads" in content
    assert refused is not answering[3], "the other one has sent but one"
    assert not (await asyncio.wait(waited_for, timeout=0.5))[0], "the bodies of the others are waited for"
    for task, connection in zip(answering, announced, strict=True):
        task.cancel()
        connection.close()

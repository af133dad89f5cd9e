"""What a field can never hold is refused at every door of every service; names that no door knows and what is said twice are, too."""

import asyncio
import json
from dataclasses import replace
from uuid import uuid4

import aiohttp
import pytest

from services.kernel.service import Service
from services.monitoring.service import SERVICE as MONITORING
from tests.contract.endpoints.doors import doors
from tests.contract.endpoints.hostile_fields import SERVICES, ask, refused, storm
from tests.journey.samples import VILLAGE
from tests.world import Client, World

JSON = {"Content-Type": "application/json"}


async def session_of(place: World, service: Service) -> aiohttp.ClientSession:
    """A session with every role at a service's doors."""
    base = await place.serve(await place.open(service, pool_size=4))
    return (await place.client(base, "CL", "5334", *sorted(service.roles))).session


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_what_a_field_can_never_hold_is_refused_with_a_pointer_at_every_door(place: World, service: Service) -> None:
    session = await session_of(place, service)
    assert await refused(session, service.name, most=1) == []
    assert await storm(session, service.name, seed=1, requests=50) == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_no_door_takes_a_parameter_that_it_does_not_know_or_one_that_stands_twice(place: World, service: Service) -> None:
    session = await session_of(place, service)
    for door in doors(service.name):
        if "x-scope" not in door.operation:
            continue  # links in mails and probes come with parameters of whoever passes them on
        asked = door.request()
        twice = {name: (value, value) for name, value in asked.query.items()}
        answer = await ask(session, door, replace(asked, query=twice | {"no_such_filter": "1"}))
        wanted = {f"/query/{name}" for name in (*twice, "no_such_filter")}
        assert (answer.status, set(answer.pointers)) == (422, wanted), f"{door.method} {door.path}"


@pytest.fixture
async def liaison(place: World) -> Client:
    """Somebody who follows households."""
    runtime = await place.open(MONITORING, pool_size=4)
    return await place.client(await place.serve(runtime), "CUN", VILLAGE, "liaison")


async def test_a_name_that_stands_twice_in_a_body_is_refused(liaison: Client) -> None:
    member = uuid4()
    body = f'{{"division": "{VILLAGE}", "members": ["{member}"], "division": "{VILLAGE}"}}'
    async with liaison.session.post("/households", data=body, headers=JSON | {"Idempotency-Key": str(uuid4())}) as answer:
        problem = json.loads(await answer.read())
    assert (answer.status, problem["errors"]) == (422, [{"pointer": "/body/division", "code": "given_twice"}])
    assert problem["detail"] == "同一字段或参数只能写一次"


async def test_an_unknown_name_of_whatever_characters_is_pointed_at(liaison: Client) -> None:
    body = {"division": VILLAGE, "members": [str(uuid4())]}
    problem = await liaison.post("/households", body | dict.fromkeys(("a/b~c", "\x00", "n" * 500), 1), 422)
    found = [error["pointer"] for error in problem["errors"]]
    assert found == ["/body/a~1b~0c", "/body/\x00", "/body/" + "n" * 100]
    halves = '{"\\ud800": 1, "\\ud800": 1}'
    async with liaison.session.post("/households", data=halves, headers=JSON | {"Idempotency-Key": str(uuid4())}) as answer:
        assert (answer.status, json.loads(await answer.read())["errors"][0]["pointer"]) == (422, "/body/\\ud800")


async def test_the_same_request_is_the_same_however_it_is_written(liaison: Client) -> None:
    member, key = str(uuid4()), "a-key-of-mine"
    first = await liaison.post("/households", {"division": VILLAGE, "members": [member]}, 201, Idempotency_Key=key)
    again = await liaison.post(
        "/households", {"members": [member], "division": VILLAGE}, 201, Idempotency_Key=key, Host="another.example"
    )
    assert again == first


async def raw(session: aiohttp.ClientSession, header: bytes) -> tuple[int, bytes]:
    """The status and body that a request with these bytes as its last header is answered with."""
    async with session.get("/livez") as alive:
        reader, writer = await asyncio.open_connection(alive.url.host, alive.url.port)
    key = b"" if b"Idempotency-Key" in header else b"Idempotency-Key: a-key-of-mine\r\n"
    body = json.dumps({"division": VILLAGE, "members": [str(uuid4())]}).encode()
    writer.write(
        b"POST /households HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
        + f"Authorization: {session.headers['Authorization']}\r\nContent-Length: {len(body)}\r\n".encode()
        + key
        + header
        + b"\r\n\r\n"
        + body
    )
    answer = await reader.read()
    writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), content


@pytest.mark.parametrize(
    ("header", "status", "said"),
    [
        (b'If-Match: "\xb2"', 422, b"/header/if-match"),
        ('If-Match: "²"'.encode(), 422, b"/header/if-match"),
        ('If-Match: "٢"'.encode(), 422, b"/header/if-match"),
        (b"If-Match: *", 422, b"if_match_not_a_version"),
        (b'If-Match: "1", "2"', 422, b"if_match_not_a_version"),
        (b'If-Match: "1"\r\nIf-Match: "2"', 422, b"/header/if-match"),
        (b'If-Match: "' + b"9" * 40 + b'"', 422, b"if_match_not_a_version"),
        (b"If-Match: a\x00b", 400, b""),
        (b"Idempotency-Key: a key \x85 of mine", 422, b"/header/idempotency-key"),
        ("Idempotency-Key: 我的幂等键".encode(), 422, b"/header/idempotency-key"),
        (b"Idempotency-Key: a-key-of-mine\r\nIdempotency-Key: another-one", 422, b"/header/idempotency-key"),
    ],
)
async def test_a_header_that_can_never_work_is_refused(liaison: Client, header: bytes, status: int, said: bytes) -> None:
    found, content = await raw(liaison.session, header)
    assert found == status
    assert said in content

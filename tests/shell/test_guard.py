"""What is turned away before an endpoint: addresses that only look like one of ours, bodies in a form that nobody here reads."""

import asyncio
import gzip
import json
from uuid import uuid4

import pytest
from yarl import URL

from services.monitoring.service import SERVICE as MONITORING
from tests.journey.samples import VILLAGE
from tests.world import Client, World


@pytest.fixture
async def liaison(place: World) -> Client:
    """A liaison officer at monitoring's endpoints."""
    runtime = await place.open(MONITORING, pool_size=4)
    return await place.client(await place.serve(runtime), "CUN", VILLAGE, "liaison")


@pytest.mark.parametrize("path", ["/households/", "/households%0A", "/livez%0A", "/livez/", "/households%00", "/households%C2%85"])
async def test_an_address_that_is_nearly_one_of_ours_is_unknown_and_leads_nowhere(liaison: Client, path: str) -> None:
    headers = {"Host": "another.example"}
    async with liaison.session.get(URL(path, encoded=True), headers=headers, allow_redirects=False) as answer:
        assert (answer.status, (await answer.json(content_type=None))["title"]) == (404, "not_found")
        assert "Location" not in answer.headers


async def test_a_body_that_is_no_http_is_one_answer_and_no_fault(liaison: Client, caplog: pytest.LogCaptureFixture) -> None:
    """It comes with its head, so the connection is over before the request is looked at, whose own answer nobody can be given."""
    async with liaison.session.get("/livez") as alive:
        where = alive.url
    for token in ("", f"Authorization: {liaison.session.headers['Authorization']}\r\n"):
        reader, writer = await asyncio.open_connection(where.host, where.port)
        head = f"POST /households HTTP/1.1\r\nHost: x\r\n{token}Transfer-Encoding: chunked\r\n\r\n"
        writer.write(f"{head}no chunk\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        assert (answer.split()[1], answer.count(b"HTTP/1.1 ")) == (b"400", 1)
    assert [line.message for line in caplog.records if line.levelname == "ERROR"] == []


@pytest.mark.parametrize(
    ("more", "status", "title"),
    [
        ({"Content-Encoding": "gzip"}, 415, "content_encoding_not_taken"),
        ({"Content-Encoding": "identity"}, 201, None),
        ({"Content-Type": "application/json; charset=gbk"}, 415, "media_type_not_taken"),
        ({"Content-Type": "application/json; charset=UTF-8"}, 201, None),
        ({"Content-Type": "application/vnd.x+json"}, 415, "media_type_not_taken"),
    ],
)
async def test_a_body_in_another_form_than_it_is_read_in_is_refused(
    liaison: Client, more: dict[str, str], status: int, title: str | None
) -> None:
    body = json.dumps({"division": VILLAGE, "members": [str(uuid4())]}).encode()
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"} | more
    sent = gzip.compress(body) if more.get("Content-Encoding") == "gzip" else body
    async with liaison.session.post("/households", data=sent, headers=headers) as answer:
        assert (answer.status, (await answer.json(content_type=None)).get("title")) == (status, title)

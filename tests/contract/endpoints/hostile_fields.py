"""Hostile values in every field of every door, over real HTTP: what a field cannot hold is refused with a pointer to it, and nothing of it
is ever a fault of the server.

`refused` goes through all fields once, each with the values that its kind can never hold. `storm` makes up requests out of a seed, with
values that some field may hold and others may not, and asks only that no answer is a fault.
"""

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import aiohttp
from yarl import URL

from services.certificates.service import SERVICE as CERTIFICATES
from services.matching.service import SERVICE as MATCHING
from services.monitoring.service import SERVICE as MONITORING
from services.notifications.service import SERVICE as NOTIFICATIONS
from tests.contract.endpoints.doors import KEYS, Door, Field, Request, doors

SERVICES = (CERTIFICATES, MONITORING, MATCHING, NOTIFICATIONS)
# Characters that no text of ours can hold. In a path or query half a surrogate pair would arrive as a character that stands for it.
CONTROL = ("a\x00b", "a\x1bb", "a\x7fb", "a\x85b", "a\uffffb")
HALF = ("a\ud800b", "\udfff")
# What other kinds of fields can never hold: digits of other scripts, numbers for days, days that no calendar of ours reaches.
FOREIGN = ("٥٣٣٤٠١", "²", "１２", "五", "", " ", "\n")
NEVER: dict[str, tuple[Any, ...]] = {
    "date": (
        0,
        1764460800,
        "1764460800",
        20260115,
        "9999-12-31",
        "0001-01-01",
        "2026-02-30",
        "2026-1-5",
        "2026-01",
        "٢٠٢٦-٠١-١٥",
        True,
    ),
    "uuid": (0, "1", "533499198001010013", *FOREIGN, *CONTROL),
    "integer": (10**30, -(10**30), "1e3", "1_0", "+1", " 1", "1.0", True, 0.5, "x", [], {}, *FOREIGN),
    "number": (1e300, -1, float("inf"), float("nan"), "1,00", "1_0", [], {}, *FOREIGN),
    "boolean": (2, "perhaps", [], {}, *FOREIGN),
    "array": ("x", 1, {}, True),
    "object": ("x", 1, [], True),
    "string": (1, True, [], {}),
    "enum": ("nothing of the list", "UNKNOWN", 1, [], *FOREIGN, *CONTROL),
}
ANYTHING: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e300,
    [],
    {},
    [[]],
    "",
    " ",
    "x",
    "0",
    "9" * 400,
    "a" * 5000,
    "测·试",
    "2026-01-15",
    "😀",
)


@dataclass(frozen=True)
class Answer:
    """What a door answered: its status, and the pointers of a refusal."""

    status: int
    pointers: tuple[str, ...]

    def refuses(self, field: Field) -> bool:
        """Whether it is a refusal that points at the field, or into it."""
        at = field.pointer
        return self.status == 422 and any(found == at or found.startswith(f"{at}/") for found in self.pointers)


async def ask(session: aiohttp.ClientSession, door: Door, asked: Request) -> Answer:
    """Send a request; the answer."""
    path = door.path
    for name, value in asked.path.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe="", errors="surrogatepass"))
    parameters = [(name, _plain(value)) for name, values in asked.query.items() for value in _each(values)]
    url = URL(f"{path}?{urlencode(parameters, errors='surrogatepass')}" if parameters else path, encoded=True)
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    body = None if asked.body is None else json.dumps(asked.body).encode()
    async with session.request(door.method, url, data=body, headers=headers) as answer:
        content = await answer.read()
        said = json.loads(content) if answer.content_type == "application/problem+json" else {}
        return Answer(answer.status, tuple(error["pointer"] for error in said.get("errors", ())))


def _each(values: Any) -> Sequence[Any]:
    """A parameter that stands several times is a tuple."""
    return values if isinstance(values, tuple) else (values,)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def never(field: Field) -> list[Any]:
    """Values that the field can never hold."""
    [*kinds] = field.kinds
    outside = field.place[0] != "body"
    if len(kinds) > 1:  # an amount, as number or as text
        values: tuple[Any, ...] = NEVER["number"]
    elif "enum" in kinds[0] or "const" in kinds[0]:
        values = NEVER["enum"]
    elif kinds[0]["type"] == "string" and kinds[0].get("format") in ("date", "uuid"):
        values = NEVER[kinds[0]["format"]]
    elif kinds[0]["type"] == "string":
        values = CONTROL if outside else (*CONTROL, *HALF, *(() if KEYS in field.place else NEVER["string"]))
    else:
        values = NEVER[kinds[0]["type"]]
    if outside:
        # A parameter is always a text: a number is written, and what is empty in a path leads to another door.
        values = tuple(value for value in values if isinstance(value, str | int) and value is not True and str(value).strip())
    return list(values)


async def refused(session: aiohttp.ClientSession, service: str, most: int | None = None) -> list[str]:
    """What was not refused with a pointer to its field. `most`: how many values each field gets, in turn; None: all."""
    found, turn = [], 0
    for door in doors(service):
        asked = door.request()
        for field in door.fields():
            if field.place[0] == "header":
                continue
            values = never(field)
            turn += 1
            for value in values if most is None else [values[(turn + n) % len(values)] for n in range(most)]:
                answer = await ask(session, door, asked.holding(field.place, value))
                if not answer.refuses(field):
                    found.append(f"{door.method} {door.path} {field.pointer} {value!r}: {answer}")
    return found


async def storm(session: aiohttp.ClientSession, service: str, seed: int, requests: int) -> list[str]:
    """What was a fault of the server, of made-up requests."""
    chance = random.Random(seed)
    all_doors = [door for door in doors(service) if door.path != "/readyz"]  # which says by 503 what a small world has not
    found = []
    for _ in range(requests):
        door = chance.choice(all_doors)
        asked = door.request()
        for field in chance.sample(
            fields := [f for f in door.fields() if f.place[0] != "header"], min(len(fields), chance.randint(1, 3))
        ):
            value = chance.choice((*ANYTHING, *CONTROL, *HALF, *FOREIGN, *chance.choice(list(NEVER.values())), _noise(chance)))
            try:
                asked = asked.holding(field.place, value)
            except (
                TypeError,
                KeyError,
                IndexError,
                AttributeError,
                StopIteration,
            ):  # an earlier value has left nothing to stand in
                continue
        answer = await asyncio.wait_for(ask(session, door, asked), 30)
        if answer.status >= 500:
            found.append(f"{door.method} {door.path} {asked}: {answer.status}")
    return found


def _noise(chance: random.Random) -> str:
    return "".join(
        chr(chance.choice((chance.randrange(0x20), chance.randrange(0x300), chance.randrange(0x110000)))) for _ in range(12)
    )

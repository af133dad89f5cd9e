"""A sample for an agency's programmer: reads an office's notices from Kafka, prints each once as a line of JSON, may take note of it.

Needs aiokafka and fastavro, nothing else. Settings: BOOTSTRAP, REGISTRY, NOTICES (topic), REPLIES (topic), GROUP, SEEN (a file of the
ids printed so far). `--acknowledge` answers every notice.
"""

import argparse
import asyncio
import io
import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import fastavro
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

BOOTSTRAP, REGISTRY, NOTICES, REPLIES, GROUP = (
    os.environ.get(name, "") for name in ("BOOTSTRAP", "REGISTRY", "NOTICES", "REPLIES", "GROUP")
)
SEEN = Path(os.environ.get("SEEN", "seen.txt"))
RECORD = "shouwang.notifications.AgencyReply"
_schemas: dict[int, Any] = {}


def ask(path: str) -> Any:
    """What the registry answers."""
    with urllib.request.urlopen(REGISTRY + path) as answer:
        return json.load(answer)


def decoded(value: bytes) -> Any:
    """A message is a zero byte, four bytes of schema id, and the Avro body in that schema; anything else is none of ours."""
    schema_id, body = int.from_bytes(value[1:5], "big"), io.BytesIO(value[5:])
    if schema_id not in _schemas:
        _schemas[schema_id] = fastavro.parse_schema(json.loads(ask(f"/schemas/ids/{schema_id}")["schema"]))
    said = fastavro.schemaless_reader(body, _schemas[schema_id], None)
    if value[0] != 0 or body.read(1):
        raise ValueError("not one whole message: another framing, or bytes behind the body")
    return said


def acknowledgement(notice_id: Any) -> bytes:
    """The reply, in the schema that the registry has for the topic. Its id follows from the notice's: sent twice, it does nothing."""
    latest = ask(f"/subjects/{REPLIES}-{RECORD}/versions/latest")
    out = io.BytesIO()
    reply = {"reply_id": uuid5(NAMESPACE_URL, f"acknowledge/{notice_id}"), "notice_id": notice_id, "what": "ACKNOWLEDGE"}
    fastavro.schemaless_writer(out, fastavro.parse_schema(json.loads(latest["schema"])), reply)
    return b"\0" + latest["id"].to_bytes(4, "big") + out.getvalue()


def remember(seen: set[str], notice_id: str) -> None:
    """Add an id to the file of those printed."""
    with SEEN.open("a") as file:
        file.write(f"{notice_id}\n")
    seen.add(notice_id)


async def main(acknowledge: bool) -> None:
    """Print, answer, remember, then commit: a crash in between prints again only what was not remembered yet."""
    seen = set(SEEN.read_text().split()) if SEEN.exists() else set()
    consumer = AIOKafkaConsumer(
        NOTICES, bootstrap_servers=BOOTSTRAP, group_id=GROUP, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    producer = AIOKafkaProducer(bootstrap_servers=BOOTSTRAP, acks="all", enable_idempotence=True)
    async with consumer, producer:
        async for message in consumer:
            notice = decoded(message.value)
            if str(notice["notice_id"]) not in seen:
                sys.stdout.write(json.dumps(notice, ensure_ascii=False, default=str) + "\n")
                sys.stdout.flush()
                if acknowledge:
                    await producer.send_and_wait(REPLIES, acknowledgement(notice["notice_id"]))
                remember(seen, str(notice["notice_id"]))
            await consumer.commit()


if __name__ == "__main__":
    line = argparse.ArgumentParser(description=__doc__)
    line.add_argument("--acknowledge", action="store_true", help="answer every notice")
    asked = line.parse_args()
    needed = {"BOOTSTRAP": BOOTSTRAP, "REGISTRY": REGISTRY, "NOTICES": NOTICES, "GROUP": GROUP}
    needed |= {"REPLIES": REPLIES} if asked.acknowledge else {}
    if missing := [name for name, value in needed.items() if not value]:
        line.error(f"set {', '.join(missing)} in the environment")
    asyncio.run(main(asked.acknowledge))

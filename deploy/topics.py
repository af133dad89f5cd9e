"""The topics job: creates what `topics.toml` lists and is missing, and waits until every topic has a leader.

Environment: SHOUWANG_KAFKA, SHOUWANG_TOPIC_PREFIX, SHOUWANG_REPLICATION. A topic whose partition count differs is an error: keys
would move, and with them the order of a stream.
"""

import asyncio
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from services.kernel.events import CATALOGUE, topic_of

_FILE = Path(__file__).with_name("topics.toml")


@dataclass(frozen=True)
class Topic:
    """One topic; `record` is the Avro name of its one message class, empty for an event topic (all of the service's events)."""

    name: str
    partitions: int
    config: dict[str, str]
    record: str = ""


def listed() -> list[Topic]:
    """All topics of the system, without a deployment's prefix."""
    import_languages()
    raw: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    events, state, notices = raw["events"], raw["state"], raw["notices"]
    found = [Topic(f"{s}.events.v1", events["partitions"], events["config"]) for s in events["services"]]
    found += [Topic(topic_of(CATALOGUE[name]), state["partitions"], state["config"], name) for name in state["classes"]]
    found += [
        Topic(f"agency.{agency}.{division}.notices.v1", notices["partitions"], notices["config"], notices["class"])
        for agency in notices["agencies"]
        for division in notices["divisions"]
    ]
    return found


def import_languages() -> None:
    """Load every service's published language into the catalogue."""
    from services.certificates import events as _1  # noqa: F401
    from services.matching import events as _2  # noqa: F401
    from services.monitoring import events as _3  # noqa: F401
    from services.notifications import events as _4  # noqa: F401


async def create(kafka: str, prefix: str = "", replication: int = 1, partitions: int | None = None) -> int:
    """Create what is missing; how many. `partitions` overrides the file (for tests). Raises RuntimeError on a difference."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        there = {t["topic"]: len(t["partitions"]) for t in await admin.describe_topics()}
        wanted = {prefix + t.name: t for t in listed()}
        for name, topic in wanted.items():
            count = partitions or topic.partitions
            if name in there and topic.record != "shouwang.notifications.AgencyNotice" and there[name] != count:
                raise RuntimeError(f"{name} has {there[name]} partitions, {count} are listed")
        missing = [
            NewTopic(name, t.partitions if t.partitions == 1 else partitions or t.partitions, replication, topic_configs=t.config)
            for name, t in wanted.items()
            if name not in there
        ]
        if missing:
            answer = await admin.create_topics(missing)
            failed = [(name, for_code(code)) for name, code, *_ in answer.topic_errors if code not in (0, 36)]
            if failed:
                raise RuntimeError(f"could not create {failed}")
            await _led(admin, [t.name for t in missing])
        return len(missing)
    finally:
        await admin.close()


async def _led(admin: AIOKafkaAdminClient, names: list[str]) -> None:
    """Wait until every partition of the topics has a leader."""
    async with asyncio.timeout(60):
        while True:
            found = await admin.describe_topics(names)
            if all(t["error_code"] == 0 and all(p["leader"] >= 0 for p in t["partitions"]) for t in found):
                return
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    environment = os.environ
    made = asyncio.run(
        create(
            environment["SHOUWANG_KAFKA"],
            environment.get("SHOUWANG_TOPIC_PREFIX", ""),
            int(environment.get("SHOUWANG_REPLICATION", "1")),
        )
    )
    print(f"{made} topics created")

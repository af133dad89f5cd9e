"""The topics job: creates what `topics.toml` lists and is missing, and waits until every topic has a leader.

Environment: SHOUWANG_KAFKA, SHOUWANG_TOPIC_PREFIX, SHOUWANG_REPLICATION. A topic that is there and differs is an error and stays
as it is: with another partition count keys would move, and with them the order of a stream; with another retention events would be
lost. Topics that are not listed are nobody's business here.
"""

import asyncio
import os
import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from deploy.databases import SERVICES
from deploy.job import done, given, parser
from services.domain.characters import digits
from services.engine.settings import BROKERS, refuse
from services.kernel.events import CATALOGUE, topic_of
from services.kernel.language import published

_FILE = Path(__file__).with_name("topics.toml")
_CREATED, _THERE_ALREADY = 0, 36  # Kafka's error codes; another job may have been quicker


class TopicError(Exception):
    """A topic differs from what is listed, or could not be created; the message names each."""


@dataclass(frozen=True)
class Topic:
    """One topic; `record` is the Avro name of its one message class, empty for an event topic (all of the service's events)."""

    name: str
    partitions: int
    config: dict[str, str]
    record: str = ""


@dataclass(frozen=True)
class Family:
    """Topics of one shape: an address with what may stand for each of its parameters. Without parameters it is one topic."""

    address: str
    partitions: int
    config: dict[str, str]
    record: str = ""
    parameters: dict[str, list[str]] = field(default_factory=dict)

    @property
    def topics(self) -> list[Topic]:
        """One for each combination of the parameters."""
        chosen = [dict(zip(self.parameters, values, strict=True)) for values in product(*self.parameters.values())]
        return [Topic(self.address.format_map(one), self.partitions, self.config, self.record) for one in chosen]


def families() -> list[Family]:
    """What `topics.toml` lists. Loads the languages."""
    import_languages()
    raw: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    events, state, every = raw["events"], raw["state"], raw["every"]["config"]
    found = [Family(f"{s}.events.v1", events["partitions"], every | events["config"]) for s in events["services"]]
    found += [Family(topic_of(CATALOGUE[name]), state["partitions"], every | state["config"], name) for name in state["classes"]]
    for kind in ("notices", "replies"):
        office = raw[kind]
        may_stand = {"code": office["agencies"], "division": office["divisions"]}
        address = f"agency.{{code}}.{{division}}.{kind}.v1"
        found.append(Family(address, office["partitions"], every | office["config"], office["class"], may_stand))
    return found


def listed() -> list[Topic]:
    """All topics of the system, without a deployment's prefix."""
    return [topic for family in families() for topic in family.topics]


def carried() -> list[tuple[Family, list[type]]]:
    """Every family and the published classes that travel on it: its one class, or the events of the service."""
    found = families()
    of_one_class = {family.record for family in found}
    events = [cls for name, cls in sorted(CATALOGUE.items()) if name not in of_one_class]
    return [(f, [CATALOGUE[f.record]] if f.record else [cls for cls in events if topic_of(cls) == f.address]) for f in found]


def import_languages() -> None:
    """Load every service's published language into the catalogue."""
    for service in SERVICES:
        published(service)


async def create(
    kafka: str, prefix: str = "", replication: int = 1, partitions: int | None = None, only: Collection[str] | None = None
) -> int:
    """Create what is missing; how many. Raises `TopicError`. For tests: `partitions` stands for every count above one, and of all
    that is listed `only` these names are wanted."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        wanted = {prefix + t.name: t for t in listed() if only is None or t.name in only}
        counts = {name: partitions if partitions and t.partitions > 1 else t.partitions for name, t in wanted.items()}
        there = {t["topic"]: t for t in await admin.describe_topics() if t["topic"] in wanted}
        if wrong := [*_shapes(there, counts, replication), *await _settings(admin, {n: wanted[n].config for n in there})]:
            raise TopicError("; ".join(wrong))
        missing = [NewTopic(n, counts[n], replication, topic_configs=t.config) for n, t in wanted.items() if n not in there]
        if missing:
            answer = await admin.create_topics(missing)
            failed = [
                f"{name}: {for_code(code).__name__}"
                for name, code, *_ in answer.topic_errors
                if code not in (_CREATED, _THERE_ALREADY)
            ]
            if failed:
                raise TopicError(f"not created: {'; '.join(failed)}")
        await _led(admin, list(wanted))
        return len(missing)
    finally:
        await admin.close()


async def drop(kafka: str, prefix: str) -> None:
    """Delete a prefixed set of topics, whatever it holds. Consumers of it must be gone."""
    if not prefix:
        raise ValueError("refusing to drop topics without a prefix")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.delete_topics([topic for topic in await admin.list_topics() if topic.startswith(prefix)])
    finally:
        await admin.close()


def _shapes(there: dict[str, Any], counts: dict[str, int], replication: int) -> list[str]:
    """Where the number of partitions or of their copies differs."""
    found = []
    for name, topic in there.items():
        partitions = topic["partitions"]
        if len(partitions) != counts[name]:
            found.append(f"{name} has {len(partitions)} partitions, {counts[name]} are listed")
        elif copies := {len(p["replicas"]) for p in partitions} - {replication}:
            found.append(f"{name} has {sorted(copies)} copies, {replication} are wanted")
    return found


async def _settings(admin: AIOKafkaAdminClient, wanted: dict[str, dict[str, str]]) -> list[str]:
    """Where a listed setting has another value at the broker."""
    if not wanted:
        return []
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, configs=dict(config)) for name, config in wanted.items()]
    found = []
    for answer in await admin.describe_configs(asked):
        for _, _, _, name, entries in answer.resources:
            values = {entry[0]: entry[1] for entry in entries}
            for key, value in wanted[name].items():
                if values.get(key) != value:
                    found.append(f"{name} has {key}={values.get(key)}, {value} is listed")
    return found


async def _led(admin: AIOKafkaAdminClient, names: list[str]) -> None:
    """Wait until every partition of the topics has a leader."""
    async with asyncio.timeout(60):
        while True:
            found = await admin.describe_topics(names)
            if all(t["error_code"] == 0 and all(p["leader"] >= 0 for p in t["partitions"]) for t in found):
                return
            await asyncio.sleep(0.1)


def main() -> None:
    """Create the topics of this deployment."""
    parser("deploy.topics", __doc__).parse_args()
    (kafka,) = given("topics", KAFKA="brokers, host:port with commas between")
    prefix, copies = os.environ.get("SHOUWANG_TOPIC_PREFIX", ""), os.environ.get("SHOUWANG_REPLICATION", "1")
    if not re.fullmatch(BROKERS, kafka):
        refuse("deploy.topics", ["SHOUWANG_KAFKA cannot be used: it is brokers, host:port with commas between"])
    if not (digits(copies) and int(copies) > 0):
        refuse("deploy.topics", ["SHOUWANG_REPLICATION cannot be used: it is the number of copies of each topic"])
    print(f"{done('topics', create(kafka, prefix, int(copies)), (TopicError, KafkaError))} topics created")


if __name__ == "__main__":
    main()

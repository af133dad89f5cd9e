"""The schemas job: registers every schema version, oldest first, FULL_TRANSITIVE, under `<topic>-<record>`. Producers never do.

Environment: SHOUWANG_REGISTRY. An incompatible schema ends the job with its subject and the registry's reason.
"""

import asyncio
import os
import sys

from deploy.topics import listed
from services.kernel.avro import Codec, Schema
from services.kernel.events import CATALOGUE, topic_of
from services.kernel.registry import Registry, RegistryError


def wanted(codec: Codec) -> list[tuple[str, list[Schema]]]:
    """For each topic and record that travels on it: the schema versions, oldest first."""
    on_topic = [(topic.name, topic.record) for topic in listed() if topic.record]
    extra = {record for _, record in on_topic}
    on_topic += [(topic_of(cls), name) for name, cls in CATALOGUE.items() if name not in extra]
    return [
        (topic, sorted((s for s, _ in codec.by_fp.values() if s.name == name), key=lambda s: s.version)) for topic, name in on_topic
    ]


async def register(registry_url: str) -> int:
    """Register all; the number of subjects. Raises `RegistryError`."""
    subjects = wanted(Codec(CATALOGUE.values())) if listed() else []
    registry, gate = Registry(registry_url, Codec(CATALOGUE.values())), asyncio.Semaphore(8)

    async def one(topic: str, versions: list[Schema]) -> None:
        async with gate:
            for schema in versions:
                await registry.register(topic, schema)

    try:
        await asyncio.gather(*[one(topic, versions) for topic, versions in subjects])
    finally:
        await registry.close()
    return len(subjects)


if __name__ == "__main__":
    try:
        print(f"{asyncio.run(register(os.environ['SHOUWANG_REGISTRY']))} subjects registered")
    except RegistryError as error:
        sys.exit(str(error))

"""The schemas job: registers every schema version, oldest first, FULL_TRANSITIVE, under `<topic>-<record>`. Producers never do.

Environment: SHOUWANG_REGISTRY. An incompatible schema ends the job with its subject and the registry's reason. Topic names go in
without a deployment's prefix: subjects are the language's, not a deployment's.
"""

import asyncio
import os
import sys

from deploy.databases import SERVICES
from deploy.topics import carried
from services.kernel.avro import Codec, Schema
from services.kernel.language import published
from services.kernel.registry import Registry, RegistryError

_AT_ONCE = 8


def wanted(codec: Codec) -> list[tuple[str, list[Schema]]]:
    """For each topic and record that travels on it: the schema versions, oldest first."""
    versions = sorted((schema for schema, _ in codec.by_fp.values()), key=lambda schema: schema.version)
    of_class = {cls: [schema for schema in versions if schema.name == name] for name, cls in codec.classes.items()}
    return [(topic.name, of_class[cls]) for family, classes in carried() for topic in family.topics for cls in classes]


async def register(registry_url: str) -> int:
    """Register all; the number of subjects. Raises `RegistryError`."""
    codec = Codec(cls for service in SERVICES for cls in published(service))
    subjects, registry, gate = wanted(codec), Registry(registry_url, codec), asyncio.Semaphore(_AT_ONCE)

    async def one(topic: str, versions: list[Schema]) -> None:
        async with gate:
            for schema in versions:
                await registry.register(topic, schema)

    try:
        await asyncio.gather(*[one(topic, versions) for topic, versions in subjects])
    finally:
        await registry.close()
    return len(subjects)


def main() -> None:
    """Register the schemas of this version."""
    try:
        print(f"{asyncio.run(register(os.environ['SHOUWANG_REGISTRY']))} subjects registered")
    except RegistryError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

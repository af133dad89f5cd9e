"""The schemas job: registers every schema version, oldest first, under `<topic>-<record>`. Producers never do.

From a record's release on (`schemas/RELEASED`) its subjects are FULL_TRANSITIVE; before it v1 may change in any way. Environment:
SHOUWANG_REGISTRY. An incompatible schema ends the job with its subject and the registry's reason. Topic names go in without a
deployment's prefix: subjects are the language's, not a deployment's.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import aiohttp

from deploy.databases import SERVICES
from deploy.job import done, given, parser
from deploy.topics import carried
from services.engine.registry import Registry, RegistryError
from services.kernel.avro import SCHEMAS, Codec, Schema
from services.kernel.language import published

RELEASED = SCHEMAS.parent / "RELEASED"
_AT_ONCE = 8


def released(file: Path = RELEASED) -> dict[str, str]:
    """The SHA-256 of every released schema file by its path under `schemas/avro`; `file` has lines as in `fingerprints.txt`."""
    lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
    return {path: digest for digest, path in (line for line in lines if line and not line[0].startswith("#"))}


def records(paths: Iterable[str]) -> set[str]:
    """The Avro names behind paths of schema files: `certificates/CertificateIssued.v1.avsc` is `shouwang.certificates.CertificateIssued`."""
    return {"shouwang." + path.split(".")[0].replace("/", ".") for path in paths}


def wanted(codec: Codec) -> list[tuple[str, list[Schema]]]:
    """For each topic and record that travels on it: the schema versions, oldest first."""
    versions = sorted((schema for schema, _ in codec.by_fp.values()), key=lambda schema: schema.version)
    of_class = {cls: [schema for schema in versions if schema.name == name] for name, cls in codec.classes.items()}
    return [(topic.name, of_class[cls]) for family, classes in carried() for topic in family.topics for cls in classes]


async def register(registry_url: str) -> int:
    """Register all; the number of subjects. Raises `RegistryError`."""
    codec = Codec(cls for service in SERVICES for cls in published(service))
    subjects, registry, turns = wanted(codec), Registry(registry_url, codec), asyncio.Semaphore(_AT_ONCE)
    gated = records(released())

    async def one(topic: str, versions: list[Schema]) -> None:
        async with turns:
            for schema in versions:
                await registry.register(topic, schema, released=schema.name in gated)

    try:
        await asyncio.gather(*[one(topic, versions) for topic, versions in subjects])
    finally:
        await registry.close()
    return len(subjects)


def main() -> None:
    """Register the schemas of this version."""
    parser("deploy.schemas", __doc__).parse_args()
    (registry,) = given("schemas", REGISTRY="base URL of the schema registry's Confluent API")
    print(f"{done('schemas', register(registry), (RegistryError, aiohttp.ClientError))} subjects registered")


if __name__ == "__main__":
    main()

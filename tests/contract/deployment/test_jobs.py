"""The deployment's jobs over the real servers: safe to repeat, whole after a cut, and loud when something differs."""

import asyncio
import copy
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy import databases, topics
from deploy.local.part import REPOSITORY
from deploy.local.stack import Urls
from services.engine.registry import Registry, RegistryError
from services.kernel.avro import load_schemas
from tests.contract.golden import codec
from tests.contract.schemas import evolution


@pytest.fixture
async def prefix(servers: Urls) -> AsyncIterator[str]:
    """A set of databases of its own, gone afterwards."""
    made = f"j{uuid4().hex[:10]}_"
    yield made
    await databases.drop(servers.postgres, made)


@pytest.fixture
async def dotted(servers: Urls) -> AsyncIterator[str]:
    """The prefix of a set of topics of its own, gone afterwards."""
    made = f"j{uuid4().hex[:10]}."
    yield made
    await topics.drop(servers.kafka, made)


def job(module: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a job as the deployment does."""
    command = [sys.executable, "-m", module, *arguments]
    made = {**os.environ, **{f"SHOUWANG_{name}": value for name, value in environment.items()}}
    return subprocess.run(command, cwd=REPOSITORY, env=made, capture_output=True, text=True, check=False)


async def enters(dsn: str) -> bool:
    """Whether a role may connect."""
    try:
        await (await asyncpg.connect(dsn)).close()
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True


async def test_only_a_services_own_roles_enter_its_database(servers: Urls, prefix: str) -> None:
    urls = await databases.create(servers.postgres, prefix=prefix)
    may = {
        (role, owner, place)
        for owner in databases.SERVICES
        for role in databases.ROLES
        for place in databases.SERVICES
        if await enters(urls[owner][role].replace(f"{prefix}{owner}", f"{prefix}{place}"))
    }
    assert may == {(role, service, service) for service in databases.SERVICES for role in databases.ROLES}


async def test_databases_are_made_by_many_at_once_and_again(servers: Urls, prefix: str) -> None:
    first, second, third = await asyncio.gather(*[databases.create(servers.postgres, prefix=prefix) for _ in range(3)])
    assert first == second == third == await databases.create(servers.postgres, prefix=prefix)


async def test_a_job_cut_off_between_making_and_closing_a_database_is_made_whole_by_the_next(servers: Urls, prefix: str) -> None:
    urls = await databases.create(servers.postgres, prefix=prefix)
    conn = await asyncpg.connect(servers.postgres)
    await conn.execute(f'GRANT CONNECT ON DATABASE "{prefix}matching" TO PUBLIC')
    await conn.execute(f'REVOKE CONNECT ON DATABASE "{prefix}matching" FROM matching_app')
    await conn.close()
    await databases.create(servers.postgres, prefix=prefix)
    assert await enters(urls["matching"]["app"])
    assert not await enters(urls["monitoring"]["app"].replace(f"{prefix}monitoring", f"{prefix}matching"))


async def test_the_job_makes_the_databases_and_writes_the_secret_files(servers: Urls, prefix: str, tmp_path: Path) -> None:
    given = {"POSTGRES": servers.postgres, "PASSWORDS": "local", "DATABASE_PREFIX": prefix}
    assert job("deploy.databases", **given).stdout == "4 databases ready\n"
    assert job("deploy.databases", "secrets", str(tmp_path), **given).stdout == f"secrets written to {tmp_path}\n"
    assert await enters((tmp_path / "certificates" / "shouwang_migrator_url").read_text().strip())
    settings = dict(line.split("=", 1) for line in (tmp_path / "registry.properties").read_text().splitlines())
    place = servers.postgres.rpartition("@")[2].rpartition("/")[0]
    assert await enters(f"postgresql://registry:{settings['apicurio.datasource.password']}@{place}/registry")


async def test_topics_are_created_once_with_their_settings(servers: Urls, dotted: str) -> None:
    assert job("deploy.topics", KAFKA=servers.kafka, TOPIC_PREFIX=dotted).stdout == "96 topics created\n"
    assert job("deploy.topics", KAFKA=servers.kafka, TOPIC_PREFIX=dotted).stdout == "0 topics created\n"


async def test_a_topic_with_other_partitions_copies_or_settings_is_an_error_that_names_it(servers: Urls, dotted: str) -> None:
    await topics.create(servers.kafka, dotted, partitions=2)
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await admin.start()
    wrong = {"retention.ms": "1000", "compression.type": "uncompressed", "max.message.bytes": "1048576"}
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, f"{dotted}agency.cl.5334.notices.v1", wrong)])
    await admin.create_partitions({f"{dotted}matching.events.v1": NewPartitions(3)})
    async with asyncio.timeout(60):  # the controller answers before the broker has heard of it, and it hears in order
        while len((await admin.describe_topics([f"{dotted}matching.events.v1"]))[0]["partitions"]) != 3:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await admin.close()
    with pytest.raises(topics.TopicError) as found:
        await topics.create(servers.kafka, dotted, partitions=2)
    assert sorted(str(found.value).split("; ")) == [
        f"{dotted}agency.cl.5334.notices.v1 has retention.ms=1000, 34560000000 is listed",
        f"{dotted}matching.events.v1 has 3 partitions, 2 are listed",
    ]
    done = job("deploy.topics", KAFKA=servers.kafka, TOPIC_PREFIX=dotted, REPLICATION="3")
    assert done.returncode == 1
    assert f"{dotted}certificates.events.v1 has 2 partitions, 12 are listed" in done.stderr
    assert f"{dotted}agency.mz.533401.notices.v1 has [1] copies, 3 are wanted" in done.stderr
    assert "Traceback" not in done.stderr


async def test_schemas_are_registered_again_without_a_change(registered: Urls) -> None:
    first, second = (job("deploy.schemas", REGISTRY=registered.registry) for _ in range(2))
    assert first.stdout == second.stdout != ""


async def test_an_incompatible_schema_is_refused_after_the_release_with_its_subject_and_the_reason(registered: Urls) -> None:
    schema = load_schemas()["shouwang.certificates.PersonRegistered"][-1]
    raw = copy.deepcopy(schema.raw)
    raw["fields"].append({"name": "without_default", "type": "string"})
    registry, topic = Registry(registered.registry, codec()), f"j{uuid4().hex[:10]}"
    try:
        first = await registry.register(topic, schema, released=True)
        with pytest.raises(RegistryError) as found:
            await registry.register(topic, replace(schema, raw=raw), released=True)
        assert await registry.register(topic, replace(schema, raw=raw), released=False) != first
    finally:
        await registry.close()
    assert f"{topic}-shouwang.certificates.PersonRegistered" in str(found.value)
    assert "without_default" in str(found.value)


async def test_a_sample_of_two_versions_passes_the_gate(registered: Urls) -> None:
    first, second = evolution.versions()
    registry, topic = Registry(registered.registry, evolution.codec()), f"j{uuid4().hex[:10]}"
    try:
        ids = [await registry.register(topic, schema, released=True) for schema in (first, second, first)]
        assert ids[0] == ids[2] != ids[1]
        old = b"\0" + ids[0].to_bytes(4, "big") + (evolution.GOLDEN / f"{first.name}.v1.bin").read_bytes()
        assert await registry.decode(old) == evolution.FIRST
    finally:
        await registry.close()

"""The compose files are checked without an engine: the official schema, hardening, and that every command and variable is one of ours.

`compose-spec/schema.json` is the Compose Specification's own. `test_entrypoints.py` runs the commands.
"""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from deploy import databases
from deploy.topics import listed
from services.engine.settings import Settings, load
from services.shell.process import ROLES
from tests.contract.deployment.samples import COMPOSE, FOLDER, JOBS, OURS, SCHEMA, SERVICES

CLUSTER: dict[str, Any] = yaml.safe_load((FOLDER / "compose.cluster.yaml").read_text(encoding="utf-8"))


JOB_VARIABLES = {"SHOUWANG_SECRETS_DIR", "SHOUWANG_POSTGRES_FILE", "SHOUWANG_PASSWORDS_FILE", "SHOUWANG_REPLICATION"}
NAMES = ("certificates", "monitoring", "matching", "notifications")


def test_there_are_four_services_in_four_roles_with_their_jobs_and_servers() -> None:
    roles = {f"{name}-{role}" for name in NAMES for role in ROLES}
    assert set(SERVICES) == roles | {f"{n}-migrate" for n in NAMES} | {
        "databases",
        "topics",
        "schemas",
        "postgres",
        "kafka",
        "registry",
    }
    assert {f"{n}-migrate" for n in NAMES} | {"databases", "topics", "schemas"} == JOBS


@pytest.mark.parametrize("compose", [COMPOSE, CLUSTER], ids=["compose.yaml", "compose.cluster.yaml"])
def test_the_file_is_what_the_compose_specification_allows(compose: dict[str, Any]) -> None:
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(compose)] == []


def test_the_schema_refuses_a_misspelt_key() -> None:
    wrong = {**COMPOSE, "services": {"postgres": {**SERVICES["postgres"], "read_onyl": True}}}
    assert not Draft202012Validator(SCHEMA).is_valid(wrong)


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_is_closed_bounded_and_not_root(name: str) -> None:
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["user"] not in ("0", "root")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert name in JOBS or (service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL") and service["restart"] == "unless-stopped")
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "network_mode", "userns_mode"} & set(service)
    assert not [v for v in service.get("volumes", ()) if v.startswith((".", "/", "~"))]


def test_only_the_apis_have_a_port_and_only_on_loopback() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(ports) == {f"{name}-api" for name in NAMES}
    assert all(port.startswith("127.0.0.1:") for published in ports.values() for port in published)
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name, service in SERVICES.items() if "doors" in service["networks"]} == set(ports)
    others = {name: service["networks"] for name, service in SERVICES.items() if name not in ports}
    assert {name for name, networks in others.items() if networks != ["inside"]} == {"notifications-worker"}
    assert others["notifications-worker"] == ["inside", "outside"]  # the only one that calls anybody outside


@pytest.mark.parametrize("name", [name for name in OURS if OURS[name]["command"][0].startswith("services.")])
def test_the_settings_of_each_process_resolve_from_its_environment_and_secrets(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for secret in OURS[name]["secrets"]:
        source, target = (secret, secret) if isinstance(secret, str) else (secret["source"], secret["target"])
        (tmp_path / target).write_text(f"postgresql://the-content-of@{source}/x")
    for variable, value in {**OURS[name]["environment"], "SHOUWANG_SECRETS_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(variable, value)
    settings = load("test", "migrator_url" if name.endswith("-migrate") else "database_url")
    given = settings.migrator_url if name.endswith("-migrate") else settings.database_url
    other = settings.database_url if name.endswith("-migrate") else settings.migrator_url
    role = "migrator" if name.endswith("-migrate") else "database"
    assert f"{name.partition('-')[0]}_{role}_url" in given.get_secret_value()
    assert not other.get_secret_value()
    assert (settings.profile, settings.port, settings.clock_file) == ("production", 8000, None)


def test_every_secret_is_chosen_or_written_by_the_databases_job_or_comes_with_the_token_issuer() -> None:
    written = databases.secrets("postgresql://postgres:chosen@postgres:5432/postgres", "chosen").keys()
    chosen = {"postgres_password", "shouwang_postgres", "shouwang_passwords", "shouwang_site_key", "jwks.json"}
    files = {secret["file"].removeprefix("./secrets/") for secret in COMPOSE["secrets"].values()}
    assert chosen <= files
    assert files - chosen <= written


def test_a_secret_file_is_named_as_the_setting_that_it_holds() -> None:
    fields = {f"shouwang_{name}" for name in (*Settings.model_fields, "postgres", "passwords")}
    foreign = {"postgres_password", "registry.properties", "jwks.json"}  # of other programs
    readers = {f"{name}/shouwang_reader_url" for name in NAMES}  # for reporting tools: no process of ours has it
    files = {secret["file"].removeprefix("./secrets/") for secret in COMPOSE["secrets"].values()}
    files |= databases.secrets("postgresql://postgres:chosen@postgres:5432/postgres", "chosen").keys()
    assert {file for file in files - foreign - readers if file.rpartition("/")[2] not in fields} == set()
    mounted = {s if isinstance(s, str) else s["target"] for service in OURS.values() for s in service.get("secrets", ())}
    assert mounted - foreign <= fields


@pytest.mark.parametrize("name", OURS)
def test_each_command_and_variable_is_one_of_ours(name: str) -> None:
    module, *rest = OURS[name]["command"]
    assert importlib.util.find_spec(module) is not None
    if module.startswith("services."):
        assert rest == ["migrate"] or (rest[0] == "run" and set(rest[1:]) <= set(ROLES))
    known = {f"SHOUWANG_{field.upper()}" for field in Settings.model_fields} | JOB_VARIABLES
    assert set(OURS[name]["environment"]) <= known


@pytest.mark.parametrize("name", SERVICES)
def test_each_image_has_a_version_and_each_secret_and_volume_is_declared(name: str) -> None:
    service = SERVICES[name]
    tag = str(service["image"]).partition(":")[2]
    assert tag
    assert tag != "latest"
    sources = [s if isinstance(s, str) else s["source"] for s in service.get("secrets", ())]
    assert set(sources) <= set(COMPOSE["secrets"])
    assert {v.partition(":")[0] for v in service.get("volumes", ())} <= set(COMPOSE["volumes"])
    assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_a_role_starts_only_after_its_database_topics_and_schemas_are_there() -> None:
    for name in NAMES:
        for role in ROLES:
            needs = SERVICES[f"{name}-{role}"]["depends_on"]
            assert set(needs) == {f"{name}-migrate", "topics", "schemas"}
            assert {n["condition"] for n in needs.values()} == {"service_completed_successfully"}
    assert SERVICES["registry"]["depends_on"] == {"databases": {"condition": "service_completed_successfully"}}


def test_the_servers_take_as_many_connections_as_the_containers_may_open() -> None:
    size = Settings.model_fields["pool_size"].default
    processes = len(NAMES) * (len(ROLES) + 1)  # the cluster file has a second worker
    limit = next(word for word in SERVICES["postgres"]["command"] if word.startswith("max_connections="))
    assert processes * (2 * size + 2) + int(SERVICES["registry"]["environment"]["APICURIO_DATASOURCE_JDBC_MAX_SIZE"]) < int(
        limit.partition("=")[2]
    )


def test_three_brokers_keep_three_copies_and_two_must_be_written() -> None:
    brokers = [CLUSTER["services"][name] for name in ("kafka", "kafka-2", "kafka-3")]
    assert {b["environment"]["KAFKA_MIN_INSYNC_REPLICAS"] for b in brokers} == {"2"}
    voters = brokers[0]["environment"]["KAFKA_CONTROLLER_QUORUM_VOTERS"]
    assert voters == ",".join(f"{n}@{name}:9093" for n, name in enumerate(("kafka", "kafka-2", "kafka-3"), 1))
    nodes = [SERVICES["kafka"]["environment"] | b["environment"] for b in brokers]
    assert [n["KAFKA_NODE_ID"] for n in nodes] == ["1", "2", "3"]
    assert len({n["KAFKA_ADVERTISED_LISTENERS"] for n in nodes}) == 3
    assert CLUSTER["services"]["topics"]["environment"]["SHOUWANG_REPLICATION"] == "3"
    assert {n: s["deploy"]["replicas"] for n, s in CLUSTER["services"].items() if "deploy" in s} == {
        f"{n}-worker": 2 for n in NAMES
    }
    roles = {f"{name}-{role}" for name in NAMES for role in ROLES}
    assert {n for n, s in CLUSTER["services"].items() if "SHOUWANG_KAFKA" in s.get("environment", {})} == roles | {"topics"}


def test_the_topics_are_those_of_the_house() -> None:
    topics = {topic.name: topic for topic in listed()}
    assert len(topics) == 4 + 4 + 11 * 4 * 2
    assert {topics[f"{name}.events.v1"].partitions for name in NAMES} == {12}
    assert topics["agency.cl.533401.notices.v1"].config["retention.ms"] == str(400 * 86_400_000)
    for topic in topics.values():
        assert (topic.config["compression.type"], topic.config["max.message.bytes"]) == ("uncompressed", str(1 << 20))
    assert topics["certificates.person_index.state.v1"].config["cleanup.policy"] == "compact"


def test_the_image_holds_every_module_and_file_that_the_compose_file_runs() -> None:
    copied = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    checks = [word for s in OURS.values() for word in s.get("healthcheck", {}).get("test", ()) if word.startswith("deploy.")]
    run = {s["command"][0] for s in OURS.values() if s["command"][0].startswith("deploy.")} | set(checks)
    assert run == {"deploy.databases", "deploy.topics", "deploy.schemas", "deploy.alive"}
    for module in run:
        assert f"deploy/{module.partition('.')[2]}.py " in copied
    assert "\nUSER 10001\n" in copied

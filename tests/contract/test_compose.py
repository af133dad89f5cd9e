"""The compose file is checked without an engine: structure, hardening, and that every command and variable is one of ours."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.kernel.run import ROLES
from services.kernel.settings import Settings

FILE = Path(__file__).resolve().parents[2] / "deploy" / "compose.yaml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: s for name, s in SERVICES.items() if str(s["image"]).startswith("shouwang:")}
JOBS = {name for name in OURS if OURS[name].get("restart") == "no"}
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


@pytest.mark.parametrize("name", OURS)
def test_each_of_our_containers_is_closed_and_bounded(name: str) -> None:
    service = OURS[name]
    assert (service["user"], service["read_only"], service["cap_drop"]) == ("10001", True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert name in JOBS or (service["healthcheck"]["test"][0] == "CMD" and service["restart"] == "unless-stopped")
    assert "privileged" not in service
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


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
        needs = SERVICES[f"{name}-api"]["depends_on"]
        assert set(needs) == {f"{name}-migrate", "topics", "schemas"}
        assert {n["condition"] for n in needs.values()} == {"service_completed_successfully"}
        for role in ("relay", "worker", "scheduler"):
            assert SERVICES[f"{name}-{role}"]["depends_on"] == {f"{name}-api": {"condition": "service_healthy"}}

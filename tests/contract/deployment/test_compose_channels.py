"""The compose file of the channels and its example: what the one mounts is what the other names, and no process gets more."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from services.notifications.channels.settings import read, receipt_secret
from tests.contract.deployment.samples import COMPOSE, FOLDER, SCHEMA

CHANNELS: dict[str, Any] = yaml.safe_load((FOLDER / "compose.channels.yaml").read_text(encoding="utf-8"))
API, WORKER = CHANNELS["services"]["notifications-api"], CHANNELS["services"]["notifications-worker"]
EXAMPLE = FOLDER / "channels.example.toml"


def mounted(service: dict[str, Any], folder: Path, content: str) -> None:
    """The service's secrets as a container finds them."""
    for name in service["secrets"]:
        (folder / name).write_text(content if name == "channels.toml" else f"the content of {name}")


def test_the_file_is_what_the_compose_specification_allows_and_changes_only_what_is_there() -> None:
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(CHANNELS)] == []
    assert set(CHANNELS["services"]) <= set(COMPOSE["services"])
    assert set(CHANNELS["secrets"]) & set(COMPOSE["secrets"]) == set()
    assert {secret["file"] for secret in CHANNELS["secrets"].values()} == {f"./secrets/{name}" for name in CHANNELS["secrets"]}
    assert set(CHANNELS["secrets"]) == {*API["secrets"], *WORKER["secrets"]}


def test_the_worker_reads_every_channel_of_the_example_from_what_is_mounted(tmp_path: Path) -> None:
    mounted(WORKER, tmp_path, EXAMPLE.read_text(encoding="utf-8"))
    found = read(tmp_path / "channels.toml", tmp_path)
    assert None not in (found.mail, found.sms, found.voice, found.drop)
    assert sorted(robot.kind for robot in found.robots.values()) == ["dingtalk", "wecom"]
    assert found.drop is not None
    assert [str(found.drop.folder)] == [volume.partition(":")[2] for volume in WORKER["volumes"]]
    assert str(found.drop.certificate) == "/run/secrets/drop_certificate"
    assert "/drops" in (FOLDER / "Dockerfile").read_text(encoding="utf-8")  # the volume is the image's user's


def test_the_api_reads_the_secrets_of_receipts_and_has_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounted(API, tmp_path, EXAMPLE.read_text(encoding="utf-8"))
    monkeypatch.setenv("SHOUWANG_CHANNELS_FILE", str(tmp_path / "channels.toml"))
    monkeypatch.setenv("SHOUWANG_SECRETS_DIR", str(tmp_path))
    for gateway in ("sms", "voice"):
        found = receipt_secret(gateway)
        assert found is not None
        assert found.get_secret_value() == f"the content of {gateway}_receipt_secret"
    assert API["secrets"] == ["channels.toml", "sms_receipt_secret", "voice_receipt_secret"]


def test_both_find_the_file_where_it_is_mounted_and_only_the_worker_knows_the_site_and_the_register() -> None:
    given = {"SHOUWANG_CHANNELS_FILE": "/run/secrets/channels.toml"}
    more = {"SHOUWANG_SITE": "${SHOUWANG_SITE:-}", "SHOUWANG_REGISTER_URL": "http://certificates-api:8000"}
    assert (API["environment"], WORKER["environment"]) == (given, given | more)
    assert "register_token" in WORKER["secrets"]
    networks = [COMPOSE["services"][name]["networks"] for name in ("certificates-api", "notifications-worker")]
    assert all("inside" in each for each in networks)
    assert COMPOSE["x-environment"]["SHOUWANG_SECRETS_DIR"] == "/run/secrets"

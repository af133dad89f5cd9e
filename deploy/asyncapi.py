"""The AsyncAPI document of everything on Kafka, frozen under `schemas/asyncapi` so that a change is seen: `make asyncapi`.

It is made of what the jobs run on, `topics.toml` and the Avro files, so it cannot promise another topic or another schema. Examples are the
golden messages, which our own code has to read. Operations are told from our side: we send events, states and notices, and receive replies.
"""

import io
import json
from collections.abc import Callable
from typing import Any

import fastavro

from deploy.job import parser
from deploy.local.part import REPOSITORY
from deploy.topics import Family, carried
from services.kernel.avro import SCHEMAS, Codec, Schema
from services.kernel.events import avro_name
from services.notifications.policy.load import load_policy

FILE = REPOSITORY / "schemas" / "asyncapi" / "shouwang.json"
GOLDEN = REPOSITORY / "tests" / "contract" / "golden"
RECEIVED = "shouwang.notifications.AgencyReply"  # all else is ours
GONE = "Gone"  # the tombstone of a compacted topic
AVRO = "application/vnd.apache.avro;version=1.9.0"
DESCRIPTION = """\
What the services of Shouwang publish on Kafka, and what agencies' offices answer there.

* A value is a zero byte, four bytes of schema id (big endian), and the Avro body in that schema. The registry, which speaks Confluent's
  API, knows the schema by its id; subjects are `<topic>-<record>`, FULL_TRANSITIVE from a schema's release on, so a reader of the schema
  given here reads what older releases wrote. `x-schema` names the file.
* Messages may come twice and carry the same `ce_id` then. Order holds for a key, not between keys.
* In examples, values are as Avro holds them: a date is the days since 1970-01-01, an instant the microseconds since then, a decimal
  its unscaled bytes.
* An office's principal reads and writes its own topics only; the others cover the whole prefecture and go to named downstream services.
"""
TITLES = {
    "events.v1": "What happened in {}: every event, kept for ever.",
    "state.v1": "The full state of each key; a null value says that the key has none any more.",
    "notices.v1": "What one office is told: a pseudonym, what is to be done, by when. The office takes note, or is reminded.",
    "replies.v1": "What one office answers to its notices. The topic says who answers; the office chooses the key, or none.",
}
# Every header is text.
HEADERS: dict[str, dict[str, str]] = {
    "ce_specversion": {"const": "1.0"},
    "content-type": {"const": "application/avro"},
    "ce_id": {"format": "uuid", "description": "The same again is the same message."},
    "ce_source": {"pattern": "^/shouwang/[a-z]+$", "description": "The service that says it."},
    "ce_type": {"description": "The full name of the Avro record; of a null value, the record that the key had."},
    "ce_subject": {"format": "uuid", "description": "As the key."},
    "ce_time": {"format": "date-time", "description": "When it happened."},
    "ce_recordedtime": {"format": "date-time", "description": "When it was stored."},
    "ce_correlationid": {"format": "uuid", "description": "What belongs to one matter, through all services."},
    "ce_causationid": {"format": "uuid", "description": "The event that caused it; an event that a person caused has none."},
    "ce_streamversion": {"pattern": "^[0-9]+$", "description": "Grows for a key; without gaps on event topics."},
    "ce_division": {"pattern": "^[0-9]*$", "description": "The administrative division to which it belongs."},
    "ce_actor": {"description": "Who did it, never a name."},
    "ce_policyversion": {"description": "The version of the policy rows by which it was decided."},
}
TRACE = {"traceparent": {"description": "W3C Trace Context, made of correlation and event id."}}
_FRAMING = {
    "schemaIdLocation": "payload",
    "schemaIdPayloadEncoding": "confluent",
    "schemaLookupStrategy": "TopicRecordNameStrategy",
    "bindingVersion": "0.5.0",
}


def document() -> dict[str, Any]:
    """The document, as topics, schemas and golden messages are now."""
    families = carried()
    latest = Codec(cls for _, classes in families for cls in classes).latest
    return {
        "asyncapi": "3.1.0",
        "info": {"title": "守望 Shouwang", "version": "1", "description": DESCRIPTION},
        "defaultContentType": "application/avro",
        "servers": {"kafka": _server()},
        "channels": {channel(family): _channel(family, classes) for family, classes in families},
        "operations": dict(_operation(family) for family, _ in families),
        "components": {
            "messages": {avro_name(c): _message(latest[c], f) for f, classes in families for c in classes} | {GONE: _gone()},
            "messageTraits": {"event": _envelope(True), "record": _envelope(False)},
        },
    }


def channel(family: Family) -> str:
    """The id of a channel: its address without parameters and version, e.g. `agency.notices`."""
    return ".".join(part for part in family.address.split(".")[:-1] if not part.startswith("{"))


def _server() -> dict[str, Any]:
    brokers = {"description": "Host and port of a broker; the operator tells. Topic names may have a prefix of the deployment."}
    return {"host": "{bootstrap}", "protocol": "kafka", "variables": {"bootstrap": brokers}}


def _channel(family: Family, classes: list[type]) -> dict[str, Any]:
    service, *_, kind, version = family.address.split(".")
    names = [avro_name(cls) for cls in classes] + [GONE] * _compacted(family)
    return {
        "address": family.address,
        "description": TITLES[f"{kind}.{version}"].format(service),
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        **({"parameters": _parameters(family)} if family.parameters else {}),
        "bindings": {
            "kafka": {"partitions": family.partitions, "topicConfiguration": _configuration(family), "bindingVersion": "0.5.0"}
        },
    }


def _compacted(family: Family) -> bool:
    return "compact" in family.config.get("cleanup.policy", "")


def _configuration(family: Family) -> dict[str, Any]:
    """The topic's settings as the binding types them."""
    typed: dict[str, Callable[[str], Any]] = {
        "cleanup.policy": lambda listed: listed.split(","),
        "retention.ms": int,
        "max.message.bytes": int,
    }
    return {name: typed.get(name, str)(value) for name, value in ({"cleanup.policy": "delete"} | family.config).items()}


def _parameters(family: Family) -> dict[str, Any]:
    """What may stand in the address, and what it means to officials."""
    policy = load_policy()
    agencies = {agency.code.lower(): agency.name for agency in policy.agencies.rows}
    names = agencies | {row.id: row.value.name for row in policy.units.rows}
    return {
        parameter: {"enum": codes, "description": "; ".join(f"{code} {names[code]}" for code in codes)}
        for parameter, codes in family.parameters.items()
    }


def _operation(family: Family) -> tuple[str, dict[str, Any]]:
    action = "receive" if family.record == RECEIVED else "send"
    return f"{action}.{channel(family)}", {"action": action, "channel": {"$ref": f"#/channels/{channel(family)}"}}


def _message(schema: Schema, family: Family) -> dict[str, Any]:
    """The latest version: what we write today, and what reads everything older."""
    service, short = schema.name.split(".")[1:]
    described = {
        "name": schema.name,
        "title": short,
        "summary": schema.raw["doc"],
        "x-schema": (SCHEMAS / service / f"{short}.v{schema.version}.avsc").relative_to(REPOSITORY).as_posix(),
        "payload": {"schemaFormat": AVRO, "schema": schema.raw},
        "examples": [{"name": "golden", "payload": _golden(schema)}],
    }
    return described | (
        {"bindings": {"kafka": _FRAMING}} if schema.name == RECEIVED else _trait("record" if family.record else "event")
    )


def _gone() -> dict[str, Any]:
    return {"title": GONE, "summary": "The key has no state any more.", "payload": {"type": "null"}} | _trait("record")


def _trait(name: str) -> dict[str, Any]:
    return {"traits": [{"$ref": f"#/components/messageTraits/{name}"}]}


def _envelope(of_event: bool) -> dict[str, Any]:
    """CloudEvents 1.0 in binary mode, the key, and where the correlation id is: of an event, or of a state or a notice."""
    mine = HEADERS | (TRACE if of_event else {})
    key = {"type": "string", "format": "uuid", "description": "What it is about (the stream of an event). Never a citizen id."}
    return {
        "headers": {
            "type": "object",
            "properties": {name: {"type": "string"} | schema for name, schema in mine.items()},
            "required": [name for name in mine if not (of_event and name == "ce_causationid")],
        },
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {"kafka": {"key": key} | _FRAMING},
    }


def _golden(schema: Schema) -> Any:
    """What the golden message of this version says, without reading dates and decimals into it."""
    plain = fastavro.parse_schema(_bare(schema.raw))
    body = (GOLDEN / f"{schema.name}.v{schema.version}.bin").read_bytes()
    return _texts(fastavro.schemaless_reader(io.BytesIO(body), plain, None))


def _bare(avro: Any) -> Any:
    """The schema without logical types."""
    if isinstance(avro, dict):
        return {name: _bare(part) for name, part in avro.items() if name != "logicalType"}
    return [_bare(part) for part in avro] if isinstance(avro, list) else avro


def _texts(value: Any) -> Any:
    """Bytes as Avro's JSON has them: a character for each."""
    if isinstance(value, dict):
        return {name: _texts(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_texts(part) for part in value]
    return value.decode("latin-1") if isinstance(value, bytes) else value


def text() -> str:
    """The document as it is frozen."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    parser("deploy.asyncapi", __doc__).parse_args()
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")

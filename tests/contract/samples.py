"""What several contract tests start from: the compose files, and messages read from outside."""

import json
from pathlib import Path
from typing import Any

import yaml
from confluent_kafka import Consumer

from tests.world import World

FOLDER = Path(__file__).resolve().parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))


SCHEMA: Any = json.loads(Path(__file__).with_name("compose-spec").joinpath("schema.json").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: s for name, s in SERVICES.items() if str(s["image"]).startswith("shouwang:")}
JOBS = {name for name in OURS if OURS[name].get("restart") == "no"}


def consumed(place: World, topic: str, count: int) -> list[Any]:
    """Messages of a topic, as a plain client gets them."""
    consumer = Consumer({"bootstrap.servers": place.urls.kafka, "group.id": place.prefix, "auto.offset.reset": "earliest"})
    consumer.subscribe([place.prefix + topic])
    found: list[Any] = []
    for _ in range(60):
        if len(found) < count and (message := consumer.poll(0.5)) is not None:
            assert message.error() is None
            found.append(message)
    consumer.close()
    return found

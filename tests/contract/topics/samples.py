"""Messages as somebody outside reads them."""

from typing import Any

from confluent_kafka import Consumer

from tests.world import World


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

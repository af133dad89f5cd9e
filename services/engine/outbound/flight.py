"""One chunk of rows on its way to Kafka: a batch for each partition, and what became of each."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

Headers = list[tuple[str, bytes]]


@dataclass(slots=True)
class Parcel:
    """A batch for one partition, and the numbers of its rows."""

    batch: BatchBuilder
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Flight:
    """Parcels on their way, and afterwards what became of each: None, or the error."""

    parcels: list[Parcel] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)
    answers: list[BaseException | None] = field(default_factory=list)

    @property
    def seqs(self) -> list[int]:
        """The numbers of all rows under way."""
        return [seq for parcel in self.parcels for seq in parcel.rows]

    @property
    def acknowledged(self) -> list[int]:
        """The numbers of the rows that Kafka has, once the flight has landed."""
        landed = zip(self.parcels, self.answers, strict=True)
        return [seq for parcel, error in landed if error is None for seq in parcel.rows]

    async def landed(self) -> bool:
        """Wait for every acknowledgement; whether one is missing."""
        got = await asyncio.gather(*self.sent, return_exceptions=True)
        self.answers = [answer if isinstance(answer, BaseException) else None for answer in got]
        return any(self.answers)


async def handed_over(parcels: dict[tuple[str, int], Parcel], producer: AIOKafkaProducer) -> list[Any]:
    """Every parcel given to the producer; what to wait for."""
    return [await producer.send_batch(parcel.batch, topic, partition=number) for (topic, number), parcel in parcels.items()]


def left_over(rows: list[Any], parcels: dict[tuple[str, int], Parcel]) -> list[Any]:
    """The rows that were not packed, in order."""
    packed = {seq for parcel in parcels.values() for seq in parcel.rows}
    return [row for row in rows if row["seq"] not in packed]

"""A Faust app whose consumer cannot be stopped by what it fetches, and whose messages are bundles (DECISIONS D137).

Faust pays for each of its messages two tasks and four queues. So one of them carries many that were fetched at once: of one partition, in
order. To Faust a bundle is the message at its last offset.
"""

import os
import tempfile
from collections.abc import Sequence
from typing import Any

import faust
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport

from services.engine.inbound.fetch import FetchGuard
from services.engine.runtime import Runtime

_BUFFERED = 100  # messages between Faust and its streams; of bundles, which are larger, a tenth of that


class _Thread(AIOKafkaConsumerThread):
    """Faust's thread, whose consumer is guarded before its first fetch; what it fetched comes in bundles."""

    transport: "_Transport"

    def _create_worker_consumer(self, transport: Any) -> Any:
        return transport.guard.guard(super()._create_worker_consumer(transport))

    async def getmany(self, active_partitions: Any, timeout: float) -> Any:
        """The next records of each partition, in bundles."""
        fetched, most = await super().getmany(active_partitions, timeout), self.transport.most
        return {place: [records[at : at + most] for at in range(0, len(records), most)] for place, records in fetched.items()}


class _Consumer(Consumer):
    """Commits how far each partition was acknowledged. Its stream is one, and acknowledges in order: nothing before that is open.

    Faust would look for what was not acknowledged among all offsets, and take those inside of a bundle for such that were never there.
    """

    def _new_consumer_thread(self) -> Any:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    def _to_message(self, tp: Any, record: Sequence[Any]) -> Any:
        """A bundle as the message of its last record."""
        message: Any = super()._to_message(tp, record[-1])
        message.records = record
        return message

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        """Offsets without a message of Faust's own: nothing has to be known of them."""

    def _new_offset(self, tp: Any) -> int | None:
        acknowledged = self._acked[tp]
        if not acknowledged:
            return None
        behind = max(acknowledged) + 1
        self._acked_index[tp].difference_update(acknowledged)
        acknowledged.clear()
        return behind


class _Transport(Transport):
    Consumer = _Consumer
    guard: FetchGuard
    most: int


def make_app(runtime: Runtime, name: str, guard: FetchGuard, most: int = 1) -> faust.App:
    """A Faust app with the settings that are safe with this broker and this kind of delivery. Each message has its `records`, `most` of
    them at most; whoever acknowledges them does so in order."""
    app = faust.App(
        runtime.settings.topic_prefix + name,
        broker=f"kafka://{runtime.settings.kafka}",
        store="memory://",
        datadir=os.path.join(tempfile.gettempdir(), f"shouwang-faust-{os.getpid()}"),  # made at start; nothing is kept there
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=30,
        broker_heartbeat_interval=3,
        broker_request_timeout=40,
        broker_commit_interval=0.5,
        stream_wait_empty=False,
        stream_buffer_maxsize=_BUFFERED if most == 1 else _BUFFERED // 10,
        logging_config=None,
    )
    app.transport = transport = _Transport(app.conf.broker_consumer, app)
    transport.guard, transport.most = guard, most
    return app

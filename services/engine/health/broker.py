"""Whether Kafka is there: one connection and its greeting, without the client that would go on trying behind the asker's back."""

import asyncio

import structlog
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaConnectionError, KafkaError

from services.engine.retry import Outage


async def greeted(kafka: str, seconds: float = 5.0) -> None:
    """Greet the first broker of a host:port list that answers. Raises `KafkaConnectionError` when none does."""
    for host, port, _ in collect_hosts(kafka):
        try:
            connection = await create_conn(host, port, request_timeout_ms=int(seconds * 1000))
        except (OSError, KafkaError) as error:
            structlog.get_logger().debug("broker_silent", host=host, port=port, error=type(error).__name__)
        else:
            await connection.close()
            return
    raise KafkaConnectionError(f"no broker answers at {kafka}")


async def there(kafka: str) -> None:
    """Wait until a broker answers, as long as it takes."""
    outage = Outage("broker_not_there_yet", 0.2, servers=kafka)
    while True:
        try:
            await greeted(kafka)
        except KafkaError as error:
            await asyncio.sleep(outage.failed(error))
        else:
            outage.over()
            return

"""What a running process of a service holds."""

from dataclasses import dataclass, field

import asyncpg

from services.engine.bell import Bell
from services.engine.health.pulse import Pulse
from services.engine.registry import Registry
from services.engine.settings import Settings
from services.kernel.avro import Codec
from services.kernel.clock import Clock
from services.kernel.execute import Executor
from services.kernel.service import Service
from services.kernel.store import EventStore


@dataclass(slots=True)
class Runtime:
    """A running process. `pool` may touch every row (commands, machines); `views` sees nothing until told for whom it reads.

    `bell` is rung after each commit that may be work for a loop of this process, `outward` when something may have to leave the house;
    `pulse` hears of each job whether it gets on.
    """

    service: Service
    settings: Settings
    clock: Clock
    codec: Codec
    registry: Registry
    store: EventStore
    executor: Executor
    pool: asyncpg.Pool
    views: asyncpg.Pool
    bell: Bell = field(default_factory=Bell)
    outward: Bell = field(default_factory=Bell)
    pulse: Pulse = field(default_factory=Pulse)

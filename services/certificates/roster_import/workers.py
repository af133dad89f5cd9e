"""Who takes a roster's batches: this process alone, or worker processes of it, each with its own runtime.

Deciding and encoding is Python and fills one core, so a large file is taken by several processes. A process that died leaves no half
batch (its transaction ends with it); the command says so, can be repeated, and goes on. Knows nothing of rows.
"""

import asyncio
import gc
import os
import signal
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process, util
from typing import Any

import uvloop

from services.certificates.roster_import.batch import Job, Taken, Taker
from services.certificates.service import SERVICE
from services.engine.runtime import Runtime
from services.engine.settings import Settings
from services.kernel.errors import Conflict
from services.shell import log
from services.shell.process import opened

ALONE = 3  # batches under way in one process: the database works while the next is decided


@dataclass(frozen=True, slots=True)
class Hands:
    """Takes batches; up to `lanes` of them at the same time are useful."""

    lanes: int
    here: Taker
    pool: ProcessPoolExecutor | None = None

    async def take(self, packed: bytes) -> Taken:
        """One batch. Raises `Conflict`: import_interrupted, worker_died."""
        if self.pool is None:
            return await self.here.take(packed)
        try:
            # Shielded: a pool that breaks stumbles over a future that somebody cancelled meanwhile (CPython 3.11), and leaves the rest.
            return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self.pool, _take, packed))
        except BrokenProcessPool:
            raise Conflict("worker_died", "一个导入进程意外终止；已导入的保留，重复同一命令即从中断处继续") from None


@asynccontextmanager
async def hands(runtime: Runtime, job: Job, processes: int) -> AsyncIterator[Hands]:
    """So many worker processes; with fewer than two this process takes everything itself."""
    here = Taker(runtime, job)
    if processes < 2:
        gc.disable()  # rows make no cycles, and looking for some took a quarter of the time
        try:
            yield Hands(ALONE, here)
        finally:
            gc.enable()
        return
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (runtime.settings, job))
    try:
        yield Hands(2 * processes, here, pool)
    finally:
        pool.shutdown(cancel_futures=True)


_working: list[tuple[asyncio.AbstractEventLoop, Taker]] = []  # of a worker process: its loop and taker


def _begin(config: Settings, job: Job) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    threading.Thread(target=_end_with_parent, daemon=True).start()
    log.configure(SERVICE.name, "import", config.log_level)
    loop, context = uvloop.new_event_loop(), opened(SERVICE, config)
    runtime = loop.run_until_complete(context.__aenter__())
    util.Finalize(None, lambda: loop.run_until_complete(context.__aexit__(None, None, None)), exitpriority=1)
    _working.append((loop, Taker(runtime, job)))
    gc.freeze()
    gc.disable()


def _end_with_parent() -> None:
    parent: Any = parent_process()
    parent.join()
    os._exit(1)


def _take(packed: bytes) -> Taken:
    loop, taker = _working[0]
    return loop.run_until_complete(taker.take(packed))

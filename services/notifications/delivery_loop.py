"""The delivery engine as this service runs it: with the channels of this machine, and with everything that a delivery may be about."""

from services.engine.runtime import Runtime
from services.notifications.channels.opening import opened
from services.notifications.composing import compose
from services.notifications.delivering import Engine
from services.notifications.directory import directory
from services.notifications.persons import Persons
from services.notifications.site import SiteSettings
from services.notifications.sources import SOURCES


async def run(runtime: Runtime) -> None:
    """Deliver by every channel that this process has a sender for, until cancelled.

    Raises ValidationError for a base URL that cannot be one: that stops the start, not the first letter.
    """
    SiteSettings()
    async with opened(runtime.settings) as senders, directory() as register:
        await Engine(runtime, senders, {**SOURCES, "PERSON": Persons(register)}, compose).run()

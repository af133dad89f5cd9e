"""The delivery engine as this service runs it: with the channels of this machine, and with everything that a delivery may be about."""

from services.engine.runtime import Runtime
from services.notifications.channels.open import opened
from services.notifications.delivery.engine import Engine
from services.notifications.notice.ack_link_settings import SiteSettings
from services.notifications.outbound.sources import SOURCES
from services.notifications.person_message.register_client import directory
from services.notifications.person_message.source import Persons
from services.notifications.subscription.letter_forms import compose


async def run(runtime: Runtime) -> None:
    """Deliver by every channel that this process has a sender for, until cancelled.

    Raises ValidationError for a base URL that cannot be one: that stops the start, not the first letter.
    """
    SiteSettings()
    async with opened(runtime.settings) as senders, directory() as register:
        await Engine(runtime, senders, {**SOURCES, "PERSON": Persons(register)}, compose).run()

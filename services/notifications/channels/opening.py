"""Which channels this process can send by: a sender for each, opened together, closed together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from services.kernel.settings import Settings
from services.notifications.channels.letters import Sender
from services.notifications.channels.webhook import Webhook, WebhookSettings
from services.notifications.events import Channel


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Mapping[Channel, Sender]]:
    """The senders. Refuses what weakens the rules of addresses in the production profile."""
    webhook = WebhookSettings()
    if webhook.loopback and settings.profile == "production":
        raise SystemExit(
            "SHOUWANG_WEBHOOK_LOOPBACK is refused in the production profile: an office's address is never this machine"
        )
    senders: dict[Channel, Sender] = {Channel.WEBHOOK: Webhook(webhook.ca_file, webhook.loopback)}
    try:
        yield senders
    finally:
        for sender in senders.values():
            await sender.close()

"""Which channels this process can send by: a sender for each, opened together, closed together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from services.domain import phones
from services.engine.settings import Settings
from services.notifications.channels.drop import DropSender
from services.notifications.channels.letter import Sender
from services.notifications.channels.mail import MailSender
from services.notifications.channels.robot import RobotSender
from services.notifications.channels.settings import load
from services.notifications.channels.sms import SmsSender
from services.notifications.channels.webhook import Webhook, WebhookSettings
from services.notifications.vocabulary import Channel


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Mapping[Channel, Sender]]:
    """The senders of the channels that this machine has (`channels.toml`). Refuses what weakens the rules of addresses in production."""
    webhook = WebhookSettings()
    if webhook.loopback and settings.profile == "production":
        raise SystemExit(
            "SHOUWANG_WEBHOOK_LOOPBACK is refused in the production profile: an office's address is never this machine"
        )
    channels = load()
    senders: dict[Channel, Sender] = {Channel.WEBHOOK: Webhook(webhook.ca_file, webhook.loopback)}
    if channels.mail is not None:
        senders[Channel.MAIL] = MailSender(channels.mail)
    if channels.sms is not None:
        senders[Channel.SMS] = SmsSender(channels.sms)
    if channels.voice is not None:
        senders[Channel.VOICE] = SmsSender(channels.voice, phones.is_number)
    if channels.drop is not None:
        senders[Channel.DROP] = DropSender(channels.drop)
    for channel, kind in ((Channel.WECOM, "wecom"), (Channel.DINGTALK, "dingtalk")):
        if mine := {name: robot for name, robot in channels.robots.items() if robot.kind == kind}:
            senders[channel] = RobotSender(mine)
    try:
        yield senders
    finally:
        for sender in senders.values():
            await sender.close()

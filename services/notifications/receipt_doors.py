"""The door of the text gateway's receipts, wired to what settles them. Its protocol and refusals stand in `channels/doors.py`."""

from fastapi import Request

from services.notifications.channels.doors import receipts_router
from services.notifications.channels.letters import Receipt
from services.notifications.channels.settings import receipt_secret
from services.notifications.events import Channel
from services.notifications.settling import settle_later


async def _settle(request: Request, reference: str, receipt: Receipt) -> bool:
    return await settle_later(request.app.state.runtime, Channel.SMS, reference, receipt)


router = receipts_router(receipt_secret, _settle)

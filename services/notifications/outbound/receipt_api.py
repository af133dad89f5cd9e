"""The endpoints of the gateways' receipts, wired to what settles them. Their protocol and refusals stand in `channels/receipt_api.py`."""

from functools import partial

from fastapi import APIRouter, Request

from services.notifications.channels.letter import Receipt
from services.notifications.channels.receipt_api import receipts_router
from services.notifications.channels.settings import receipt_secret
from services.notifications.delivery.receipts import settle_later
from services.notifications.outbound.sources import SOURCES
from services.notifications.vocabulary import Channel


def _router(channel: Channel) -> APIRouter:
    async def settle(request: Request, reference: str, receipt: Receipt) -> bool:
        return await settle_later(request.app.state.runtime, channel, reference, receipt, SOURCES)

    table = channel.value.lower()
    return receipts_router(table, partial(receipt_secret, table), settle)


routers = tuple(_router(channel) for channel in (Channel.SMS, Channel.VOICE))

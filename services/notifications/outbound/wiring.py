"""What leads outside, wired: the delivery engine with its channels and sources, and the endpoints of the gateways' receipts."""

from services.kernel.service import Room
from services.notifications.outbound import loop, receipt_api

ROOM = Room(routers=receipt_api.routers, loops=(loop.run,))

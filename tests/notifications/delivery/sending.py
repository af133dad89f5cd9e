"""A fan-out and an engine as a process of their own, to be killed: `python -m tests.notifications.delivery.sending CA_FILE`.

Leases are short, so that what a killed process had under way is soon looked at again; everything else is the service's own.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

from deploy.job import parser
from services.engine.settings import load
from services.notifications.channels.webhook import Webhook
from services.notifications.service import SERVICE
from services.notifications.subscription import fanout
from services.notifications.vocabulary import Channel
from services.shell.process import opened
from tests.notifications.delivery.outside import conducting, engine_of, here

LEASE, PATIENCE, UNDER_WAY = 2, 1.0, 16


async def main(ca_file: Path) -> None:
    """Run until killed."""
    policy = conducting(lease=LEASE, concurrency=UNDER_WAY, per_recipient=UNDER_WAY, resends=50, retry=(0, 1) + (5,) * 50)
    async with opened(replace(SERVICE, policy=policy), load()) as runtime:
        engine = engine_of(runtime, {Channel.WEBHOOK: Webhook(ca_file, loopback=True, lookup=here, total=PATIENCE)})
        await asyncio.gather(engine.run(), fanout.run(runtime))


if __name__ == "__main__":
    line = parser("tests.notifications.delivery.sending", __doc__)
    line.add_argument("ca_file", type=Path, help="whom the sender trusts")
    asyncio.run(main(line.parse_args().ca_file))

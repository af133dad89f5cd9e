"""A certificate lapses in the register, and monitoring finds the household of its holder: over the real database."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from services.certificates.certificate.card.events import CertificateExpired
from services.engine.deliver import Delivery
from services.kernel.events import Context, Recorded
from services.monitoring.household.decider import HOUSEHOLD, Register
from services.monitoring.service import SERVICE
from tests.monitoring.samples import VILLAGE, recorded
from tests.world import World

OTHER = "533422101001"


async def test_the_household_of_the_holder_gets_one_lead_however_often_it_is_told(place: World) -> None:
    runtime = await place.open(SERVICE)
    holder, home = uuid4(), uuid4()
    async with runtime.pool.acquire() as conn, conn.transaction():
        for stream, members, village in ((home, (holder, uuid4()), VILLAGE), (uuid4(), (uuid4(),), OTHER)):
            context = Context(f"CUN:{village}:liaison-1", runtime.clock(), uuid4(), uuid4(), None, village)
            await runtime.executor.execute(conn, HOUSEHOLD, stream, Register(village, members), context)
    lapses = [lapse(holder), lapse(uuid4())]
    for _ in range(2):
        async with runtime.pool.acquire() as conn, conn.transaction():
            await Delivery(runtime).apply(conn, lapses)
    leads: list[Any] = await place.sql("monitoring", "SELECT household_id, division, rule, kind, state FROM views.case_view")
    assert leads == [(home, VILLAGE, "certificate-expired", "SUBSIDY_LOSS", "LEAD")]


def lapse(person: UUID) -> Recorded:
    """The register publishes that the person's certificate has lapsed."""
    return recorded(CertificateExpired(person_id=person, valid_to=date(2026, 2, 28)), uuid4(), 9, on=date(2026, 3, 1))

"""Two counties whose persons the register told of, and whose lists were sent and compared: what an announcement goes by."""

from dataclasses import replace
from datetime import date
from typing import Any, Self
from uuid import uuid5

from deploy.sandbox.sheets import workbook
from services.certificates.certificate.card.events import (
    CertificateCancelled,
    CertificateFrozen,
    CertificateIssued,
    CertificateState,
)
from services.certificates.person.events import PersonIndexState, PersonRegistered
from services.certificates.vocabulary import CancellationReason, Category, FreezeReason
from services.domain import citizen_id
from services.engine.deliver import Delivery
from services.matching.comparison.rules import Rulebook
from services.matching.comparison.run import compare
from tests.contract.golden import sample
from tests.matching.county import COUNTY, OTHER, County, citizen, person
from tests.world import SITE_KEY

_HOUSEHOLD = ["姓名", "身份证号", "低保证号", "保障人数"]


class ToldCounty(County):
    """See the module."""

    async def open(self) -> Self:
        """Nobody is known yet."""
        await super().open()
        return self

    async def told(self, number: int, village: str, grade: int, until: date = date(2030, 1, 1), **ends: date) -> None:
        """A person with a card; `ends` are cancelled_on and frozen_on."""
        who = person(number)
        card = uuid5(who, f"card of {until}")
        state = replace(sample(CertificateState), person_id=who, division=village, grade=grade, valid_to=until)
        events: list[tuple[Any, Any]] = [
            (who, PersonRegistered(birth_month="1980-01", division=village)),
            (
                citizen_id.blind_index(SITE_KEY, citizen(number)),
                PersonIndexState(person_id=who, key_id=citizen_id.key_id(SITE_KEY)),
            ),
            (
                card,
                CertificateIssued(
                    person_id=who, category=Category.HEARING, grade=grade, valid_from=date(2016, 1, 1), valid_to=until
                ),
            ),
            (card, state),
        ]
        if day := ends.get("frozen_on"):
            events.append((card, CertificateFrozen(person_id=who, reason=FreezeReason.IN_DOUBT, evidence="letter", frozen_on=day)))
        if day := ends.get("cancelled_on"):
            events.append((card, CertificateCancelled(person_id=who, reason=CancellationReason.VOLUNTARY, cancelled_on=day)))
        told = [
            replace(self._recorded(stream, event, village), event_id=uuid5(stream, f"{place}"), version=place)
            for place, (stream, event) in enumerate(events, 1)
        ]
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            await Delivery(self.runtime).apply(conn, told)

    async def poor(self, county: str, as_of: date, *numbers: int) -> None:
        """The list of the allowance: each is a household of one."""
        rows = [["测试", citizen(n), f"D{n}", 1] for n in numbers]
        await self._send(
            county, workbook(_HOUSEHOLD, rows), kind="SUBSISTENCE_ALLOWANCE", as_of=str(as_of), period=f"{as_of:%Y-%m}"
        )

    async def destitute(self, county: str, as_of: date, *numbers: int) -> None:
        """The list of those supported as destitute."""
        rows = [["测试", citizen(n)] for n in numbers]
        await self._send(
            county, workbook(["姓名", "身份证号"], rows), kind="DESTITUTE_SUPPORT", as_of=str(as_of), period=f"{as_of:%Y-%m}"
        )

    async def compared(self) -> None:
        """Both counties, as the loop does when something changed: what stands is derived whatever rules ask."""
        for county in (COUNTY, OTHER):
            await compare(self.runtime, Rulebook((), "none"), county)

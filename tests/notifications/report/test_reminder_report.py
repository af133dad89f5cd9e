"""The reminders of 一月一通报 over real servers: folded as the ledger stood when the month ended, and where each card was then."""

from datetime import date
from typing import Any

import pytest

from services.certificates.certificate.card import events as card_events
from tests.notifications.reminder.ledger import DAY, WINDOW, Registry, card, holder, near
from tests.notifications.reminder.samples import ELSEWHERE
from tests.notifications.samples import VILLAGE

pytestmark = pytest.mark.usefixtures("place")
LAST = date(2026, 3, 31)
CARDS = [f"card {n}" for n in range(12)]


async def reported(registry: Registry, county: str, month: str) -> dict[str, Any]:
    """What a county's report says of reminders."""
    office = await registry.as_("CGW", county, "official")
    return dict((await office.get("/reports/monthly", month=month, division=county))["reminders"])


def figures(said: dict[str, Any]) -> dict[str, Any]:
    """The numbers of windows, of the county's line, and reasons."""
    due, *parts = (said["total"][name] for name in ("due", "reached", "twice", "stopped", "not_reached"))
    return {
        "windows": [
            (w["window"], *((w[part]["count"], w[part]["change"]) for part in ("owed", "reached", "missed")))
            for w in said["windows"]
        ],
        "due": (due["count"], due["change"], *(part["count"] for part in parts)),
        "units": [(u["unit"], u["due"]["count"]) for u in said["units"]],
        "unreached": [(u["reason"], u["cards"]["count"]) for u in said["unreached"]],
    }


async def test_a_past_month_tells_reminders_as_they_stood_and_cards_where_they_were(registry: Registry) -> None:
    for name in CARDS:
        await registry.says(near(name, WINDOW.ONE_MONTH, LAST), name=name)
    await registry.on(date(2026, 4, 1))
    march = await reported(registry, "533401", "2026-03")
    assert figures(march) == {
        "windows": [("ONE_MONTH", (12, 12), (0, 0), (0, 0))],
        "due": (12, 12, 0, 0, 0, 12),
        "units": [(VILLAGE[:9], 12)],
        "unreached": [("under_way", 12)],
    }

    async def all_tried() -> bool:
        return not await registry.sql("SELECT 1 FROM views.due WHERE kind = 'CLIMB'")

    await registry.place.until(all_tried)  # what the scheduler does in April is none of March, either
    out = card_events.CertificateTransferredOut(
        person_id=holder(CARDS[0]), from_division=VILLAGE, to_division=ELSEWHERE, transferred_on=DAY
    )
    await registry.says(out, name=CARDS[0], division=ELSEWHERE)
    for name in CARDS:
        await registry.says(card_events.CertificateExpired(person_id=holder(name), valid_to=LAST), name=name)
    moved = await registry.sql("SELECT division, state FROM views.reminder WHERE certificate_id = $1", card(CARDS[0]))
    assert [(row["division"], row["state"]) for row in moved] == [(ELSEWHERE, "MISSED")]
    assert await reported(registry, "533401", "2026-03") == march
    assert figures(await reported(registry, "533422", "2026-03"))["due"] == (0, 0, 0, 0, 0, 0)
    assert figures(await reported(registry, "533401", "2026-04")) == {
        "windows": [("ONE_MONTH", (0, -12), (0, 0), (11, 11))],
        "due": (0, -12, 0, 0, 0, 0),
        "units": [],
        "unreached": [],
    }

"""Events and rows of certificates for examples."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.certificates.certificate.projection import CERTIFICATE_VIEW, CertificateRow
from services.kernel.events import Recorded
from services.kernel.projection import fold_into
from tests.certificates.certificate import story


def row(past: tuple[Any, ...]) -> CertificateRow:
    """The read model of a past."""
    rows: dict[Any, Any] = {}
    for version, event in enumerate(past, 1):
        fold_into(CERTIFICATE_VIEW, rows, recorded(event, version))
    found: CertificateRow = next(iter(rows.values()))
    return replace(found, step_on=date(2026, 3, 17))


CARD = UUID("cccccccc-0000-4000-8000-000000000001")


CHAIN = UUID("cccccccc-0000-4000-8000-0000000000ff")


def recorded(event: Any, version: int) -> Recorded:
    """An event of the card as the store gives it back, recorded in order on 2 March 2026."""
    at = datetime(2026, 3, 2, 2, version, tzinfo=UTC)
    own = UUID(int=version)
    return Recorded(own, CARD, version, "certificates", event, story.VILLAGE, "CL:533401:clerk-1", at, at, CHAIN, None, "p")

"""The endpoints of entitlements: what a person was paid."""

from uuid import UUID

from fastapi import APIRouter

from services.matching.entitlement import queries
from services.matching.entitlement.projection import PaymentRow
from services.matching.vocabulary import READ_FINDINGS
from services.shell.http.call import Call, Page, query

router = APIRouter()


@router.get("/payments")
async def payments(person_id: UUID, call: Call = query(READ_FINDINGS)) -> Page[PaymentRow]:
    """What a person was paid."""
    return Page(await call.read(queries.payments, person_id))

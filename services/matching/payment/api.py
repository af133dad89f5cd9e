"""The endpoints of payments: what sheets say of a person's months, and what these come to."""

from uuid import UUID

from fastapi import APIRouter

from services.matching.payment import queries
from services.matching.payment.projection import PaymentRow
from services.matching.payment.queries import PaidMonth
from services.matching.vocabulary import READ_FINDINGS
from services.shell.http.call import Call, Page, query

router = APIRouter()


@router.get("/payments")
async def payments(person_id: UUID, call: Call = query(READ_FINDINGS)) -> Page[PaymentRow]:
    """What each sheet says of a person's months: regular payments, arrears, corrections, returns."""
    return Page(await call.read(queries.payments, person_id))


@router.get("/payments/months")
async def months(person_id: UUID, call: Call = query(READ_FINDINGS)) -> Page[PaidMonth]:
    """What a person's months come to by all of them."""
    return Page(await call.read(queries.months, person_id))

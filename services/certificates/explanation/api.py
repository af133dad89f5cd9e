"""办理说明: the explanation of one decision, as data and as a page to hand over (PIPL art. 24)."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.certificates.explanation import queries
from services.certificates.explanation.explain import Explanation
from services.certificates.explanation.page import paper
from services.documents import paper_html
from services.shell.http.call import Call, query
from services.shell.http.responses import HTML, documented, page

router = APIRouter()


@router.get("/certificates/{certificate_id}/explain/{event_id}.html", **documented(HTML))
async def as_page(certificate_id: UUID, event_id: UUID, call: Call = query("certificates.read")) -> Response:
    """The explanation as one self-contained page."""
    return page(paper_html.page(paper(await _explained(call, certificate_id, event_id), call.runtime.service.policy)))


@router.get("/certificates/{certificate_id}/explain/{event_id}")
async def explain(certificate_id: UUID, event_id: UUID, call: Call = query("certificates.read")) -> Explanation:
    """What was decided, known, applied and caused by one event of a certificate; who decided, for those who may attribute decisions."""
    return await _explained(call, certificate_id, event_id)


async def _explained(call: Call, certificate_id: UUID, event_id: UUID) -> Explanation:
    person = call.has("decisions.attribute")
    return await call.read(queries.explanation, certificate_id, event_id, call.runtime.service.policy, call.runtime.store, person)

"""应办未办: who could have a certificate and has none. For the federations and the village alone; other agencies get nothing of it."""

from operator import attrgetter
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.certificates.outreach import queries
from services.certificates.outreach.decider import OUTREACH, READERS, CloseOutreach, Facts, NoteLead, RecordAnswer, of
from services.certificates.outreach.events import LeadSource, OutreachAnswer, OutreachEnd, OutreachWay
from services.certificates.outreach.queries import CANDIDATES, Candidate, CandidateState, VillageCount
from services.certificates.person import vault
from services.documents.workbook import XLSX, written
from services.documents.workbook import Page as Sheet
from services.domain.divisions import level
from services.domain.file_number import file_number
from services.kernel.errors import Forbidden
from services.shell.http.call import Answer, Call, Page, body, command, query
from services.shell.http.fields import Cursor, Limit, Prefix
from services.shell.http.responses import documented, sheet
from services.shell.http.small_numbers import least_shown

router = APIRouter()
SHEET_ROWS = 100_000
STATES = {
    CandidateState.NOT_CONTACTED: "未联系",
    CandidateState.LAPSED: "证件过期超期未换领",
    CandidateState.WILLING: "愿意办理",
    CandidateState.CANNOT_TRAVEL: "愿意但行动不便",
    CandidateState.NOT_MET: "入户未见",
    CandidateState.UNWILLING: "不愿办理",
    CandidateState.APPLIED: "已申请",
}
SOURCES = {
    LeadSource.VISIT: "入户走访",
    LeadSource.SELF_REPORT: "本人反映",
    LeadSource.HOUSEHOLD: "家属反映",
    LeadSource.JT_SCHOOL_ROLL: "学籍名册",
    LeadSource.XCZX_MONITORING: "监测对象名单",
    LeadSource.WJ_APPRAISAL: "医疗鉴定名单",
    LeadSource.CL_NEEDS_SURVEY: "需求调查",
    LeadSource.REGISTER: "已登记未申请",
    LeadSource.LAPSED_CERTIFICATE: "原证过期",
}


@body
class Lead:
    """Whom it is about, and where it comes from."""

    person_id: UUID
    source: LeadSource


@body
class Said:
    """What the person answered today; `volunteered`: he came himself, so it does not matter when he was last asked."""

    answer: OutreachAnswer
    way: OutreachWay
    volunteered: bool = False


@body
class Ending:
    """Why nobody needs to ask any more."""

    reason: OutreachEnd


def _ours(call: Call) -> None:
    """Raises `Forbidden` for every office but the federations and the village, whatever scopes its token carries."""
    if (call.principal.agency, level(call.principal.division)) not in READERS:
        raise Forbidden("outreach_not_yours", "应办未办名单只供残联和村（社区）使用")


async def _decided(call: Call, person_id: UUID, asked: Any) -> Response:
    """One command about a person of the caller's division, whose row stays locked while it is decided."""
    _ours(call)
    today, policy = call.context.today, call.runtime.service.policy

    async def work(conn: Any) -> Answer:
        await vault.known(conn, person_id, call.principal.division)
        facts: Facts = (await queries.facts(conn, today, policy, [person_id]))[person_id]
        stream = of(person_id)
        done = await call.runtime.executor.execute(conn, OUTREACH, stream, asked(facts), call.context, call.expected_version)
        return await call.answered(conn, stream, done)

    return await call.transact(work)


@router.post("/outreach/leads")
async def note(asked: Lead, call: Call = command("outreach.record")) -> Response:
    """线索; of a person who is dead, holds a card or has applied it gives no event."""
    return await _decided(call, asked.person_id, lambda facts: NoteLead(asked.person_id, asked.source, facts))


@router.post("/outreach/{person_id}/answer")
async def answer(person_id: UUID, asked: Said, call: Call = command("outreach.record")) -> Response:
    """本人意愿: recorded on the day it was given, also during a visit; who declined is not asked before the policy's day."""

    def answer(facts: Facts) -> RecordAnswer:
        return RecordAnswer(person_id, asked.answer, asked.way, facts, asked.volunteered)

    return await _decided(call, person_id, answer)


@router.post("/outreach/{person_id}/close")
async def close(person_id: UUID, asked: Ending, call: Call = command("outreach.record")) -> Response:
    """Nobody needs to ask any more; a death or a move is entered in the register on its own."""
    return await _decided(call, person_id, lambda facts: CloseOutreach(person_id, asked.reason, facts))


@router.get("/outreach")
async def some(
    call: Call = query("outreach.read"),
    division: Prefix = "",
    state: CandidateState | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[Candidate]:
    """The list of the caller's division as pseudonyms: candidates and applicants, or one state."""
    _ours(call)
    about = (call.context.today, call.runtime.service.policy, _asked(call, division), [state] if state else CANDIDATES)
    return await call.page(queries.candidates, *about, after=after, limit=limit, place=attrgetter("person_id"))


@router.get("/outreach/counts")
async def counts(call: Call = query("outreach.read"), division: Prefix = "") -> Page[VillageCount]:
    """Persons by village and state; whoever does not work on the list himself sees no small numbers."""
    _ours(call)
    today, policy = call.context.today, call.runtime.service.policy
    least = least_shown(call, policy.reading, "reading", unless="outreach.record")
    return Page(await call.read(queries.village_counts, today, policy, _asked(call, division), least))


def _asked(call: Call, division: str) -> str:
    """The division asked for; by default the caller's, so that a village's list is read by its index and not out of all persons."""
    return division or call.principal.division


@router.get("/outreach.xlsx", **documented(XLSX))
async def as_sheet(call: Call = query("outreach.read"), division: Prefix = "") -> Response:
    """The list as a sheet: pseudonyms, no names."""
    _ours(call)
    today, policy = call.context.today, call.runtime.service.policy
    rows = await call.read(queries.candidates, today, policy, _asked(call, division), CANDIDATES, None, SHEET_ROWS)
    header = ["人员编号", "村（社区）", "村（社区）代码", "状态", "线索来源", "本状态起始", "最近答复", "此日前不再询问"]

    def line(one: Candidate) -> tuple[Any, ...]:
        sources = "、".join(SOURCES.get(LeadSource(source), "来源不明") for source in one.sources)
        return (
            file_number(one.person_id),
            policy.places.beside_its_code(one.division, today),
            one.division,
            STATES[one.state],
            sources,
            one.since,
            one.answered_on,
            one.again_on,
        )

    notes = (f"截至{today}；申领自愿，不愿办理的在所列日期前不再询问", "不得提供给其他单位")
    page = Sheet("应办未办", "应办未办残疾人证人员名单", header, map(line, rows), notes)
    return sheet(written([page]), f"应办未办{today}")

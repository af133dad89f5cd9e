"""Taking note by a signed link: GET shows what it is about and changes nothing, since mail scanners follow links; POST takes note."""

from html import escape
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.engine.retry import raced
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.errors import NotFound, Rejected
from services.kernel.events import Context
from services.notifications.notice import queries
from services.notifications.notice.ack_link import Linked, Links
from services.notifications.notice.commands import Acknowledge
from services.notifications.notice.decider import NOTICE
from services.notifications.notice.escalation_chain import named
from services.notifications.notice.projection import NoticeRow
from services.notifications.vocabulary import Channel
from services.shell.http.access import Principal, reading
from services.shell.http.call import uuid7
from services.shell.http.fields import line
from services.shell.http.responses import HTML, documented, page

router = APIRouter()
Token = Annotated[str, line(500)]  # whatever it is, `Links` judges it
_PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>通知签收</title><style>body{{font:18px/1.6 sans-serif;max-width:36em;margin:2em auto;padding:0 1em}}
button{{font:inherit;padding:.5em 2em}}</style></head><body><h1>通知签收</h1><p>{office}</p>{content}</body></html>"""


@router.get("/a/{token}", **documented(HTML))
async def shown(token: Token, request: Request) -> Response:
    """What is to be taken note of, without personal data, and a button."""
    runtime, linked = _linked(request, token)
    row = await _row(runtime, linked)
    about = f"<p>{escape(row.text)}</p><p>请于{row.acknowledge_by}前签收。</p>"
    if row.acknowledged_on is not None:
        return _answer(runtime, linked, f"{about}<p>已于{row.acknowledged_on}签收。</p>")
    return _answer(runtime, linked, f"{about}<form method=post><button>签收</button></form><p>办理和详情请登录。</p>")


@router.post("/a/{token}", **documented(HTML))
async def acknowledged(token: Token, request: Request) -> Response:
    """The office took note; a second time changes nothing."""
    runtime, linked = _linked(request, token)
    await _row(runtime, linked)
    try:
        await _acknowledge(runtime, linked)
    except Rejected as refusal:  # withdrawn, say: no error for who reads the page
        return _answer(runtime, linked, f"<p>{escape(refusal.detail)}。</p>")
    return _answer(runtime, linked, "<p>已签收。办理和详情请登录。</p>")


def _linked(request: Request, token: str) -> tuple[Runtime, Linked]:
    runtime: Runtime = request.app.state.runtime
    return runtime, Links(runtime.settings.site_key.get_secret_value()).take(token, runtime.clock.unset().timestamp())


async def _row(runtime: Runtime, linked: Linked) -> NoticeRow:
    """The notice, if the link's office may see it."""
    office = named(linked.office)
    async with reading(runtime.views, Principal("link", office.agency, office.division, frozenset())) as conn:
        row = await queries.notice(conn, linked.notice_id)
    if row is None or f"{row.agency}:{row.division}" != linked.office:
        raise NotFound("notice_unknown", "没有这条通知")
    return row


async def _acknowledge(runtime: Runtime, linked: Linked) -> None:
    seed: UUID = uuid7()
    context = Context(
        actor=f"{linked.office}:link",
        now=runtime.clock(),
        seed=seed,
        correlation_id=seed,
        scope=named(linked.office).division,
    )

    async def work(conn: Any) -> None:
        await runtime.executor.execute(conn, NOTICE, linked.notice_id, Acknowledge(Channel.INBOX), context)

    await raced(runtime.pool, work)


def _answer(runtime: Runtime, linked: Linked, content: str) -> Response:
    office = runtime.service.policy.name(linked.office, today(runtime.clock))
    return page(_PAGE.format(office=escape(office), content=content))

"""What a door of notices answers that is not JSON: sheets and plain pages. Nothing of it may be kept by a cache."""

from typing import Any
from urllib.parse import quote

from fastapi import Response

from services.workbooks import XLSX

HTML = "text/html; charset=utf-8"


def documented(*kinds: str) -> dict[str, Any]:
    """The arguments of a route whose answer is one of these media types (for the OpenAPI document)."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {"response_class": Response, "responses": {200: {"content": {kind.partition(";")[0]: binary for kind in kinds}}}}


def sheet(content: bytes, name: str) -> Response:
    """An xlsx file under a Chinese name."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.xlsx", "Cache-Control": "no-store"}
    return Response(content, media_type=XLSX, headers=headers)


def page(html: str) -> Response:
    """A page that loads nothing, and whose only form leads back to where it came from."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    return Response(html, media_type=HTML, headers=headers)

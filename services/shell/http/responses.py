"""What an endpoint answers that is not JSON: sheets, pictures and pages to print. Nothing of it may be kept by a cache."""

from typing import Any
from urllib.parse import quote

from fastapi import Response

from services.documents.workbook import XLSX

SVG, HTML = "image/svg+xml", "text/html; charset=utf-8"


def documented(*kinds: str) -> dict[str, Any]:
    """The arguments of a route whose answer is one of these media types (for the OpenAPI document)."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {"response_class": Response, "responses": {200: {"content": {kind.partition(";")[0]: binary for kind in kinds}}}}


def sheet(content: bytes, name: str) -> Response:
    """An xlsx file under a Chinese name."""
    return download(content, XLSX, f"{name}.xlsx")


def download(content: bytes, kind: str, name: str) -> Response:
    """A file of this media type under a Chinese name."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)


def picture(svg: str) -> Response:
    """A picture; it may not run or load anything."""
    return Response(svg, media_type=SVG, headers={"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'"})


def page(html: str) -> Response:
    """A page; it runs and loads nothing but its own styles, its forms lead back to where it came from, and no link tells its address."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    return Response(html, media_type=HTML, headers=headers)

"""What is published in several forms: the same content as a paper, a workbook, a page or a picture, each at the path with its ending.

A form asks the same of its caller as the content does: its parameters, its scope and its refusals are those of the function that makes it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import APIRouter, Depends, Response

from services.documents import paper_docx, paper_html
from services.documents.paper import Paper
from services.documents.paper_docx import DOCX
from services.documents.workbook import XLSX
from services.shell.http import responses

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """One form of a content: the ending of its path, its media type, and how it is answered. `name` and `description` are those of the
    operation in the OpenAPI document; its id is made of the name, which therefore never changes."""

    name: str
    description: str
    ending: str
    kind: str
    answered: Callable[[T], Response]


def docx(name: str, description: str, made: Callable[[T], Paper], title: Callable[[T], str]) -> Form[T]:
    """A paper to print and send round, as a file called by its `title`."""

    def answered(content: T) -> Response:
        return responses.download(paper_docx.written(made(content)), DOCX, f"{title(content)}.docx")

    return Form(name, description, "docx", DOCX, answered)


def xlsx(name: str, description: str, made: Callable[[T], bytes], title: Callable[[T], str]) -> Form[T]:
    """A workbook, as a file called by its `title`."""
    return Form(name, description, "xlsx", XLSX, lambda content: responses.sheet(made(content), title(content)))


def html(name: str, description: str, made: Callable[[T], Paper]) -> Form[T]:
    """The paper as a page."""
    return Form(name, description, "html", responses.HTML, lambda content: responses.page(paper_html.page(made(content))))


def svg(name: str, description: str, made: Callable[[T], str]) -> Form[T]:
    """A picture."""
    return Form(name, description, "svg", responses.SVG, lambda content: responses.picture(made(content)))


def published(router: APIRouter, path: str, content: Callable[..., Awaitable[T]], *forms: Form[T]) -> None:
    """Register an endpoint for each form at `path` with its ending; `content` is an endpoint, or asks its caller like one."""
    for form in forms:
        router.add_api_route(
            f"{path}.{form.ending}",
            _endpoint(content, form),
            methods=["GET"],
            name=form.name,
            description=form.description,
            **responses.documented(form.kind),
        )


def _endpoint(content: Callable[..., Awaitable[T]], form: Form[T]) -> Callable[..., Awaitable[Response]]:
    async def endpoint(made: Any = Depends(content)) -> Response:
        return form.answered(made)

    return endpoint

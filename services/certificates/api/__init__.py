"""The register's doors: every path ends in one command or one query."""

from fastapi import APIRouter

from services.certificates.api import applications, certificates, deaths, forms, names, persons, steps, window

router = APIRouter()
for each in (
    persons.router, names.router, window.router, deaths.router, steps.router, applications.router, certificates.router, forms.router,
):  # fmt: skip
    router.include_router(each)

"""The register's doors: every path ends in one command or one query."""

from fastapi import APIRouter

from services.certificates.api import applications, certificates, counts, deaths, explain, persons, quality, steps

router = APIRouter()
for each in (
    persons.router,
    deaths.router,
    steps.router,
    applications.router,
    counts.router,
    certificates.router,
    quality.router,
    explain.router,
):
    router.include_router(each)

"""The register's doors: every path ends in one command or one query."""

from fastapi import APIRouter

from services.certificates.api import applications, certificates, deaths, outreach, persons, steps

router = APIRouter()
for each in (persons.router, deaths.router, steps.router, applications.router, certificates.router, outreach.router):
    router.include_router(each)

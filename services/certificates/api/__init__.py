"""The register's doors: every path ends in one command or one query."""

from fastapi import APIRouter

from services.certificates.api import applications, certificates, deaths, outreach, persons, renewals, rounds, steps

router = APIRouter()
_PARTS = (persons, deaths, steps, applications, certificates, rounds, renewals, outreach)
for each in (part.router for part in _PARTS):
    router.include_router(each)

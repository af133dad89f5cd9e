"""The register's doors: every path ends in one command or one query."""

from fastapi import APIRouter

from services.certificates.api import (
    applications,
    certificates,
    counts,
    deaths,
    explain,
    outreach,
    persons,
    quality,
    renewals,
    rounds,
    steps,
)

router = APIRouter()
# `counts` before `certificates`: its path would be taken for an id.
_PARTS = (persons, deaths, steps, applications, counts, certificates, quality, explain, rounds, renewals, outreach)
for each in (part.router for part in _PARTS):
    router.include_router(each)

"""The register's doors: every path ends in one command or one query."""

from fastapi import APIRouter

from services.certificates.api import (
    applications,
    certificates,
    contacts,
    counts,
    deaths,
    explain,
    forms,
    name_sheets,
    names,
    outreach,
    persons,
    quality,
    renewals,
    rounds,
    steps,
    window,
)

router = APIRouter()
# `counts` before `certificates`: its path would be taken for an id.
_PEOPLE = (persons, names, name_sheets, contacts, window, deaths)
_PARTS = (*_PEOPLE, steps, applications, counts, certificates, forms, quality, explain, rounds, renewals, outreach)
for each in (part.router for part in _PARTS):
    router.include_router(each)

"""The OpenAPI documents are frozen, say who may do what, and hold against thousands of made-up requests."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any

import pytest

from deploy import openapi
from deploy.databases import SERVICES
from services.certificates.service import SERVICE as CERTIFICATES
from services.kernel.service import Service
from services.matching.service import SERVICE as MATCHING
from services.monitoring.service import SERVICE as MONITORING
from services.notifications.service import SERVICE as NOTIFICATIONS
from tests.world import World

pytestmark = pytest.mark.long

OPEN = {"/livez", "/readyz", "/version", "/metrics", "/a/{token}", "/receipts/sms", "/receipts/voice"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_document_is_frozen_until_make_openapi(service: str) -> None:
    assert (openapi.FOLDER / f"{service}.json").read_text() == openapi.text(service)


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_names_its_scope_and_how_it_refuses(service: str) -> None:
    for path, operations in json.loads(openapi.text(service))["paths"].items():
        for operation in operations.values():
            assert ("x-scope" in operation) == (path not in OPEN)
            assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]
            assert len(operation["responses"]) == 2


@pytest.mark.parametrize("service", [CERTIFICATES, MONITORING, MATCHING, NOTIFICATIONS], ids=lambda service: service.name)
async def test_no_made_up_request_breaks_the_document(place: World, service: Service, tmp_path: Path) -> None:
    base = await place.serve(await place.open(service, pool_size=4))
    token = place.issuer.token("tester", "CL", "5334", sorted(service.roles))
    command: list[Any] = [
        Path(sys.executable).parent / "schemathesis",
        "run",
        f"{base}/openapi.json",
        "--header",
        f"Authorization: Bearer {token}",
        "--phases",
        "coverage,fuzzing,stateful",
        "--max-examples",
        "15",
        "--seed",
        "1",
        "--generation-deterministic",
        "--no-color",
        "--exclude-checks",
        "positive_data_acceptance",  # what is well formed may still break a rule
        "--exclude-path",
        "/readyz",  # 503 where no other role runs, as here: `tests/shell/test_readiness.py`
    ]
    asking = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=PIPE, stderr=STDOUT)
    printed, _ = await asking.communicate()
    assert asking.returncode == 0, printed.decode()

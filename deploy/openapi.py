"""The OpenAPI documents of the services, frozen under `schemas/openapi` so that a change of an endpoint is seen: `make openapi`."""

import importlib
import json
from pathlib import Path

from deploy.databases import SERVICES
from deploy.job import parser
from deploy.local.part import REPOSITORY
from services.shell.http.common_api import router
from services.shell.http.openapi import routed

FOLDER = REPOSITORY / "schemas" / "openapi"


def text(service: str) -> str:
    """The document of a service, as the code describes it now."""
    app = routed(importlib.import_module(f"services.{service}.service").SERVICE, router)
    return json.dumps(app.openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def freeze(folder: Path = FOLDER) -> None:
    """Write all four."""
    folder.mkdir(exist_ok=True)
    for service in SERVICES:
        (folder / f"{service}.json").write_text(text(service))


if __name__ == "__main__":
    parser("deploy.openapi", __doc__).parse_args()
    freeze()

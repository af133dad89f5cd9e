"""A service's published language, found by the service: every class of its `events` modules, in whatever room they stand."""

import importlib
from functools import cache
from pathlib import Path

from services.kernel.events import CATALOGUE, service_of

_SERVICES = Path(__file__).resolve().parents[1]


def folder_of(service: str) -> Path:
    """The package folder of a service."""
    return _SERVICES / service


@cache
def published(service: str) -> tuple[type, ...]:
    """Every class that a service publishes, sorted by name. Loads its `events` modules, and nothing else of it."""
    for path in sorted(folder_of(service).rglob("*.py")):
        if path.stem == "events" or path.stem.endswith("_events"):
            importlib.import_module(".".join(path.relative_to(_SERVICES.parent).with_suffix("").parts))
    return tuple(sorted((cls for cls in CATALOGUE.values() if service_of(cls) == service), key=lambda cls: cls.__name__))

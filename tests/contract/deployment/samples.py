"""The compose file and its schema, as the tests of what is deployed start from them."""

import json
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[3] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
SCHEMA: Any = json.loads(Path(__file__).with_name("compose-spec").joinpath("schema.json").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: s for name, s in SERVICES.items() if str(s["image"]).startswith("shouwang:")}
JOBS = {name for name in OURS if OURS[name].get("restart") == "no"}

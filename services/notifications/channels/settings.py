"""Where the channels' providers are and what we are called there, from `channels.toml` (its path in SHOUWANG_CHANNELS_FILE).

One table per channel; a channel without a table does not exist here. A secret is never in the file: where a setting is `password`,
the file says `password_file`, a name in SHOUWANG_SECRETS_DIR or a whole path. An unknown or missing key, or a file that cannot be
read, stops the start and is named; no value is shown. Whether, when and to whom a channel is used is policy, not a setting.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from pydantic import SecretStr, TypeAdapter, ValidationError

from services.notifications.channels.drop import DropSettings
from services.notifications.channels.mail import MailSettings
from services.notifications.channels.robot import RobotSettings
from services.notifications.channels.sms import SmsSettings

T = TypeVar("T")


class SettingsError(Exception):
    """A channels file that cannot be used; the message names table and key, never a value."""


@dataclass(frozen=True, slots=True)
class Channels:
    """What the file configures. `robots` by name."""

    mail: MailSettings | None = None
    sms: SmsSettings | None = None
    voice: SmsSettings | None = None
    drop: DropSettings | None = None
    robots: dict[str, RobotSettings] = field(default_factory=dict)


def load() -> Channels:
    """The channels of this process; none when SHOUWANG_CHANNELS_FILE is not set. Raises `SettingsError`."""
    path, secrets = _places()
    return read(path, secrets) if path else Channels()


def receipt_secret(table: str) -> SecretStr | None:
    """What the gateway of a table (sms, voice) signs its receipts with; None without the table. Raises `SettingsError`.

    All that an API process takes of the file: it needs no channel's own secret and can send nothing.
    """
    path, secrets = _places()
    gateway = _tables(path).get(table) if path else None
    if gateway is None:
        return None
    if (file := _table(gateway, table).get("receipt_secret_file")) is None:
        raise SettingsError(f"[{table}] receipt_secret_file is missing")
    return _secret(secrets, table, "receipt_secret", file)


@dataclass(frozen=True, slots=True)
class NamedRobot:
    """What the file says of a robot beside its secrets: its kind, and whose work its group is told of; no office: of any that subscribes."""

    kind: str
    offices: tuple[str, ...]


def robots() -> Mapping[str, NamedRobot] | None:
    """The robots of the file by name; None where this process has no file, so nobody knows. Needs no secret. Raises `SettingsError`."""
    path, _ = _places()
    if path is None:
        return None
    tables = {name: _table(given, f"robots.{name}") for name, given in _table(_tables(path).get("robots", {}), "robots").items()}
    return {name: NamedRobot(str(given.get("kind")), tuple(given.get("offices", ()))) for name, given in tables.items()}


def _places() -> tuple[Path | None, Path]:
    """The channels file, if there is one, and the folder of secrets."""
    path, secrets = os.environ.get("SHOUWANG_CHANNELS_FILE"), os.environ.get("SHOUWANG_SECRETS_DIR", "/run/secrets")
    return Path(path) if path else None, Path(secrets)


def read(path: Path, secrets: Path) -> Channels:
    """The channels of a file. Raises `SettingsError`."""
    tables = _tables(path)
    robots = _table(tables.get("robots", {}), "robots")
    return Channels(
        mail=_one(MailSettings, "mail", tables["mail"], secrets) if "mail" in tables else None,
        sms=_one(SmsSettings, "sms", tables["sms"], secrets) if "sms" in tables else None,
        voice=_one(SmsSettings, "voice", tables["voice"], secrets) if "voice" in tables else None,
        drop=_one(DropSettings, "drop", tables["drop"], secrets) if "drop" in tables else None,
        robots={name: _one(RobotSettings, f"robots.{name}", given, secrets) for name, given in robots.items()},
    )


def _tables(path: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # a TOML error may quote a line
        raise SettingsError(f"{path.name} cannot be read: {type(error).__name__}") from None
    if unknown := sorted(tables.keys() - {f.name for f in fields(Channels)}):
        raise SettingsError(f"{path.name}: unknown tables {unknown}")
    return tables


def _one(settings: type[T], table: str, given: Any, secrets: Path) -> T:
    """One table as its settings; secrets are read from the files that the table names."""
    hints, rows = get_type_hints(settings), dict(_table(given, table))
    hidden = {f.name: f for f in fields(settings) if hints[f.name] in (SecretStr, SecretStr | None)}  # type: ignore[arg-type]
    known = {f"{name}_file" if name in hidden else name for name in hints}
    if unknown := sorted(rows.keys() - known):
        raise SettingsError(f"[{table}] unknown keys {unknown}; known are {sorted(known)}")
    for name, one in hidden.items():
        if (file := rows.pop(f"{name}_file", None)) is not None:
            rows[name] = _secret(secrets, table, name, file)
        elif one.default is MISSING:
            raise SettingsError(f"[{table}] {name}_file is missing")
    try:
        return TypeAdapter(settings).validate_python(rows)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'as a whole'}: {e['msg']}" for e in error.errors(include_input=False))
        raise SettingsError(f"[{table}] {wrong}") from None


def _table(given: Any, name: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise SettingsError(f"[{name}] must be a table")
    return given


def _secret(secrets: Path, table: str, name: str, file: Any) -> SecretStr:
    try:
        found = (secrets / str(file)).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise SettingsError(f"[{table}] {name}_file cannot be read: {type(error).__name__}") from None
    if not found:
        raise SettingsError(f"[{table}] {name}_file is empty")
    return SecretStr(found)

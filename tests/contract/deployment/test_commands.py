"""Every command of the house: `--help` explains and does nothing else; what it has not been told is named, with the place to set it."""

import asyncio
import importlib
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.databases import SERVICES
from deploy.local.part import REPOSITORY

RUN = re.compile(r'^if __name__ == "__main__":|^cli\(SERVICE\)', re.MULTILINE)
URL, SECRETS = (
    "postgresql://x:y@127.0.0.1:1/z",
    "set it in the environment, or in a file {} in the folder that SHOUWANG_SECRETS_DIR names",
)


def commands() -> list[str]:
    """Every module that is one."""
    found = [p for folder in ("services", "deploy", "tests", "samples") for p in (REPOSITORY / folder).rglob("*.py")]
    mine = [p.relative_to(REPOSITORY) for p in found if RUN.search(p.read_text(encoding="utf-8"))]
    return sorted(".".join(p.with_suffix("").parts).removesuffix(".__main__") for p in mine)


def test_the_commands_are_found() -> None:
    assert {"services.matching", "deploy.local", "deploy.openapi", "tests.bench", "samples.python.subscriber"} <= set(commands())


def nothing(*_: Any, **__: Any) -> Any:
    """Stands in for whatever a command could begin."""
    raise AssertionError("--help did something")


@pytest.mark.parametrize("module", commands())
@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
def test_help_explains_a_command_and_does_nothing_else(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    importlib.import_module("croniter")  # which starts a program when it is imported; services have it from Faust
    monkeypatch.setattr(sys, "argv", [module, "--help"])
    for owner, name in ((asyncio, "run"), (asyncio, "Runner"), (subprocess, "Popen"), (Path, "write_text"), (Path, "mkdir")):
        monkeypatch.setattr(owner, name, nothing)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(module, run_name="__main__")
    assert not ended.value.code
    assert "usage" in capsys.readouterr().out.lower()


def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *command: str, **settings: str) -> list[str]:
    """What a command that has these settings alone says on stderr, a line for each fault; it has to end with 2 at once."""
    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(f"SHOUWANG_{name}", value)
    monkeypatch.setattr(sys, "argv", list(command))
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(command[0], run_name="__main__")
    assert ended.value.code == 2
    return capsys.readouterr().err.splitlines()


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("services.monitoring migrate", ["MIGRATOR_URL"]),
        ("services.monitoring run relay worker", ["DATABASE_URL", "SITE_KEY"]),
        ("services.monitoring rebuild due", ["DATABASE_URL", "REBUILD_URL", "SITE_KEY"]),
        ("services.monitoring letters show 1", ["DATABASE_URL", "SITE_KEY"]),
        ("services.certificates.roster_import.export f --county 533401 --clerk x --reason X", ["DATABASE_URL", "SITE_KEY"]),
        ("services.certificates.roster_import f --county 533401 --clerk x --as-of 2026-01-01", ["DATABASE_URL", "SITE_KEY"]),
        ("deploy.databases", ["POSTGRES", "PASSWORDS"]),
        ("deploy.databases secrets .", ["POSTGRES", "PASSWORDS"]),
        ("deploy.topics", ["KAFKA"]),
        ("deploy.schemas", ["REGISTRY"]),
    ],
)
def test_what_a_command_has_not_been_told_is_named_with_its_meaning_and_its_place(
    command: str, missing: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = told(monkeypatch, capsys, *command.split())
    assert [
        re.findall(r"SHOUWANG_(\w+) is missing \((.+)\): set it in the environment, or ", line)[0][0] for line in lines
    ] == missing


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
def test_what_cannot_be_used_is_named_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "jwks.json").write_text("{}")
    wrong = {"DATABASE_URL": "127.0.0.1", "SITE_KEY": "k", "JWKS_FILE": str(tmp_path / "jwks.json"), "CLOCK_FILE": "x"}
    url, keys, clock = told(monkeypatch, capsys, "services.matching", "run", "api", **wrong)
    assert "SHOUWANG_DATABASE_URL is no PostgreSQL URL of the service's app role" in url
    assert "which is no JSON Web Key Set" in keys
    assert "SHOUWANG_CLOCK_FILE is refused in the production profile" in clock
    lines = told(monkeypatch, capsys, "services.matching", "migrate", MIGRATOR_URL=URL, PORT="a secret", LOG_LEVEL="loud")
    assert [line.partition(" cannot be used")[0] for line in lines] == [
        f"matching migrate: SHOUWANG_{n}" for n in ("PORT", "LOG_LEVEL")
    ]
    assert not re.search("a secret|loud", "".join(lines))
    for command, name, value in (
        ("services.matching migrate", "SECRETS_DIR", "/nowhere"),
        ("deploy.databases", "POSTGRES", "nonsense"),
        ("deploy.databases", "POSTGRES_FILE", "/nowhere"),
        ("deploy.topics", "REPLICATION", "²"),
        ("deploy.topics", "KAFKA", "127.0.0.1:abc"),
        ("services.matching run worker", "KAFKA", "127.0.0.1:abc"),
        ("services.matching run worker", "REGISTRY", "127.0.0.1:8080/apis"),
        ("services.matching run worker", "TOPIC_PREFIX", "a b/"),
        ("services.matching run api", "PORT", "99999"),
        ("services.matching letters list", "POOL_SIZE", "0"),
        ("services.matching run worker", "STALL_SECONDS", "0"),
    ):
        given = {"PASSWORDS": "x", "KAFKA": "127.0.0.1:1", name: value}
        (line,) = told(monkeypatch, capsys, *command.split(), **given)
        assert f"SHOUWANG_{name}" in line


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize(
    "words",
    [
        "services.matching letters retry 99999999999999999999",
        "services.matching letters skip certificates.events.v1 99999999999 0 --reason x",
        "services.matching letters skip t 0 9223372036854775808 --reason x",
        "deploy.sandbox demo --days 0",
        "deploy.sandbox demo --households -1",
    ],
)
def test_a_number_that_can_be_none_is_refused_before_anything_is_asked(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Invalid value for" in "".join(told(monkeypatch, capsys, *words.split()))


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(
            ("as-of", day)
            for day in ("0", "1764460800", "202603", "2026-03", "2026-3-2", "2026-02-30", "２０２６-03-02", "9999-12-31")
        ),
        *(("county", code) for code in ("53342", "5334", "533423102", "*", "５３３４２３", "533423\n")),
        *(("clerk", subject) for subject in ("", "a:b", "王某", "13800000002", "c-533499198001010013")),
    ],
)
def test_what_an_operator_says_of_a_list_has_the_form_that_doors_ask_for(
    option: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = "services.certificates.roster_import"
    said = {"county": "533423", "clerk": "clerk-1", "as-of": "2026-03-02"} | {option: value}
    about = [word for name, text in said.items() for word in (f"--{name}", text)]
    for command in ([module, "f"], [f"{module}.lead_list_cli", "f", "--source", "JT_SCHOOL_ROLL"]):
        assert f"Invalid value for '--{option}'" in "".join(told(monkeypatch, capsys, *command, *about))
    if option != "as-of":
        export = [f"{module}.export", "f", "--reason", "ANNUAL_CHECK", *about[:4]]
        assert f"Invalid value for '--{option}'" in "".join(told(monkeypatch, capsys, *export))


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize("day", ["0", "2026-3-2", "2026-02-30", "２０２６-03-02", "9999-12-31"])
def test_a_day_that_is_confirmed_is_a_whole_day(
    day: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["services.matching", "clock", "confirm", day, "--by", "operator 7", "--reason", "suspended"]
    assert "a day is written YYYY-MM-DD" in "".join(told(monkeypatch, capsys, *command))


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
def test_secret_files_that_only_can_be_read_are_replaced_by_those_of_a_new_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["deploy.databases", "secrets", str(tmp_path)])
    monkeypatch.setenv("SHOUWANG_POSTGRES", URL)
    written = []
    for secret in ("one", "another"):
        monkeypatch.setenv("SHOUWANG_PASSWORDS", secret)
        runpy.run_module("deploy.databases", run_name="__main__")
        written.append((tmp_path / "matching" / "shouwang_database_url").open(encoding="utf-8"))
    before, after = [file.read() for file in written]
    assert before != after, "whoever had the file open still reads the one of before: it was replaced, not written to"
    for file in written:
        file.close()
    assert not list(tmp_path.rglob("*.new"))


@pytest.mark.server  # processes of their own
@pytest.mark.parametrize("job", ["schemas", "topics", "databases"])
def test_a_server_that_is_not_there_ends_a_job_with_one_line(job: str) -> None:
    nowhere = {"SHOUWANG_REGISTRY": "http://127.0.0.1:1", "SHOUWANG_KAFKA": "127.0.0.1:1", "SHOUWANG_POSTGRES": URL}
    environment = {"PATH": os.environ["PATH"], "SHOUWANG_PASSWORDS": "x"} | nowhere
    command = [sys.executable, "-m", f"deploy.{job}"]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count(f"deploy.{job}: ")) == (1, "", 1)
    assert "Traceback" not in done.stderr


def test_every_service_has_the_same_commands() -> None:
    assert {f"services.{name}" for name in SERVICES} <= set(commands())


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize(
    "command",
    [
        ("letters", "discard", "1", "--reason", " "),
        ("letters", "skip", "certificates.events.v1", "0", "0", "--reason", "x\ny"),
        ("clock", "confirm", "2026-03-02", "--by", "operator 7", "--reason", ""),
        ("clock", "confirm", "2026-03-02", "--by", "x" * 501, "--reason", "suspended"),
    ],
)
def test_what_is_kept_of_an_operator_is_something_on_one_line(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(monkeypatch, capsys, "services.monitoring", *command)
    assert "in one line of at most 500 characters" in " ".join(" ".join(said).replace("│", " ").split())

"""The process from which readers of files are forked loads nothing that they have no use for."""

import subprocess
import sys

HEAVY = ("cel", "prompt_toolkit", "fastapi", "faust", "aiokafka", "asyncpg", "typer")


def test_a_file_is_read_without_what_serves_doors_streams_or_terminals() -> None:
    asked = "import sys, services.matching.intake.reading_child; print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split())
    assert loaded & set(HEAVY) == set()

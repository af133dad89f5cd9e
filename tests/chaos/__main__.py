"""`make chaos SEED=…`: a long storm, then the verdict; ends with 1 when anything is lost."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import storm_of


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=180)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shouwang-chaos-") as folder:
        verdict, _ = asyncio.run(storm_of(Path(folder), asked.seed, asked.seconds, pause=1.0, outages=3, rounds=3))
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())

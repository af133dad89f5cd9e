"""`python -m services.matching run …`, and `roster validate|send` for files of agencies."""

from services.matching.intake.cli import roster_commands
from services.matching.service import SERVICE
from services.shell.cli import cli

if __name__ == "__main__":
    cli(SERVICE, roster=roster_commands(SERVICE))

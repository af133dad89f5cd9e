"""`python -m services.matching run …`"""

from services.matching.service import SERVICE
from services.shell.cli import cli

if __name__ == "__main__":
    cli(SERVICE)

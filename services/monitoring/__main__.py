"""`python -m services.monitoring run …`"""

from services.monitoring.service import SERVICE
from services.shell.cli import cli

if __name__ == "__main__":
    cli(SERVICE)

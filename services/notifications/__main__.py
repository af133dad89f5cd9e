"""`python -m services.notifications run …`"""

from services.notifications.service import SERVICE
from services.shell.cli import cli

if __name__ == "__main__":
    cli(SERVICE)

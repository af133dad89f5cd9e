"""Entry point: `python -m services.certificates`."""

from services.certificates.service import SERVICE
from services.shell.cli import cli

cli(SERVICE)

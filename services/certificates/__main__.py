"""Entry point: `python -m services.certificates`."""

from services.certificates.service import SERVICE
from services.shell.run import cli

cli(SERVICE)

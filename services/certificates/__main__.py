"""Entry point: `python -m services.certificates`."""

from services.certificates.service import SERVICE
from services.kernel.run import cli

cli(SERVICE)

"""`python -m services.monitoring run …`"""

from services.kernel.run import cli
from services.monitoring.service import SERVICE

if __name__ == "__main__":
    cli(SERVICE)

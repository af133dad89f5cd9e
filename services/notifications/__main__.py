"""`python -m services.notifications run …`"""

from services.kernel.run import cli
from services.notifications.service import SERVICE

if __name__ == "__main__":
    cli(SERVICE)

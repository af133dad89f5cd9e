"""`python -m services.matching run …`"""

from services.kernel.run import cli
from services.matching.service import SERVICE

if __name__ == "__main__":
    cli(SERVICE)

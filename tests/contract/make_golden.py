"""`make golden`: writes the fingerprints of the schema files and the golden messages; those of what is released stay as they are."""

from deploy.job import parser
from deploy.schemas import released
from tests.contract.golden import FINGERPRINTS, codec, fingerprints, freeze


def main() -> None:
    """Write what follows from the schema files of today."""
    FINGERPRINTS.write_text("\n".join(fingerprints()) + "\n")
    freeze(codec(), released())


if __name__ == "__main__":
    parser("tests.contract.make_golden", __doc__).parse_args()
    main()

"""`make golden`: adds fingerprints and golden messages of new schema versions; never changes one that is there."""

import json

from tests.contract.golden import FINGERPRINTS, FOLDER, codec, fingerprints, plain, published, sample


def main() -> None:
    """Add what is missing."""
    known = FINGERPRINTS.read_text().splitlines() if FINGERPRINTS.exists() else []
    paths = {line.split()[1] for line in known}
    fresh = [line for line in fingerprints() if line.split()[1] not in paths]
    FINGERPRINTS.write_text("\n".join(sorted([*known, *fresh], key=lambda line: line.split()[1])) + "\n")
    FOLDER.mkdir(exist_ok=True)
    codec_ = codec()
    for cls in published():
        schema = codec_.latest[cls]
        path = FOLDER / f"{schema.name}.v{schema.version}.bin"
        if not path.exists():
            path.write_bytes(codec_.encode(sample(cls))[1])
        if not path.with_suffix(".json").exists():
            said = plain(codec_.decode(schema.fp, path.read_bytes()))
            path.with_suffix(".json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(fresh)} schema files added")


if __name__ == "__main__":
    main()

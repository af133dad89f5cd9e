"""`python deploy/sandbox/linkage/splink_model.py FOLDER`: what matching compares, compared by splink.

splink 5 is in an environment of its own (`requirements.txt` here). FOLDER holds `rows.parquet` and `persons.parquet` (columns as in
`county_facts/likeness.py`, `id` beside them) and `truth.parquet` (`row`, `person`). Prints as JSON m and u of each level (m by the truth, u
by random pairs), which become the policy's `[[match_weight]]` rows; how many of the rows have the person meant among the first three; and
the seconds of scoring and choosing these.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

_TOWN = "left(l.stands_in, 9) = left(r.stands_in, 9)"
_BLOCKS = (
    "l.born = r.born",
    "l.name = r.name AND l.birth_month = r.birth_month",
    f"l.name = r.name AND {_TOWN} AND coalesce(l.birth_year = r.birth_year, true)",
    f"l.birth_year = r.birth_year AND {_TOWN} AND list_has_any(l.sounds, r.sounds)",
)
_NO_SOUND = "len(sounds_l) = 0 OR len(sounds_r) = 0"
_PART = "list_has_all(sounds_r, sounds_l) OR list_has_all(sounds_l, sounds_r)"


def _field(name: str, unknown: str, *agreements: tuple[str, str]) -> Any:
    """A comparison: from the closest degree to none at all."""
    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons

    graded = [levels.CustomLevel(condition, degree) for degree, condition in agreements]
    none = levels.CustomLevel(unknown, "unknown").configure(is_null_level=True)
    return comparisons.CustomComparison(output_column_name=name, comparison_levels=[none, *graded, levels.ElseLevel()])


def settings() -> Any:
    """The model, not yet trained."""
    from splink import SettingsCreator

    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=list(_BLOCKS),
        comparisons=[
            _field(
                "NAME",
                f"(name_l IS NULL OR name_r IS NULL) AND ({_NO_SOUND})",
                ("SAME", "name_l = name_r"),
                ("SOUND", f"NOT ({_NO_SOUND}) AND list_sort(sounds_l) = list_sort(sounds_r)"),
                ("PART", f"NOT ({_NO_SOUND}) AND ({_PART})"),
                ("SOME", "list_has_any(sounds_l, sounds_r)"),
            ),
            _field(
                "BIRTH",
                "birth_year_l IS NULL OR birth_year_r IS NULL",
                ("DAY", "born_l = born_r"),
                ("MONTH", "birth_month_l = birth_month_r"),
                ("YEAR", "birth_year_l = birth_year_r"),
            ),
            _field("SEQUENCE", "sequence_l IS NULL OR sequence_r IS NULL", ("SAME", "sequence_l = sequence_r")),
            _field("SEX", "male_l IS NULL OR male_r IS NULL", ("SAME", "male_l = male_r")),
            _field(
                "PLACE",
                "stands_in_l IS NULL OR stands_in_r IS NULL",
                ("VILLAGE", "stands_in_l = stands_in_r AND right(stands_in_l, 3) <> '000'"),
                ("TOWNSHIP", "left(stands_in_l, 9) = left(stands_in_r, 9)"),
            ),
        ],
    )


def main(folder: Path) -> dict[str, Any]:
    """Train, score, and say how well."""
    from splink import DuckDBAPI, Linker

    engine = DuckDBAPI()
    con = engine._con  # splink's way to its engine
    con.execute("SET threads = 2")  # as many as a county has (`county_facts/opened.py`)
    frames = []
    for name in ("rows", "persons"):
        frames.append(engine.register(con.read_parquet(f"{folder / name}.parquet"), dataset_display_name=name))
    con.execute(
        f"""CREATE TABLE labels AS SELECT 'persons' AS source_dataset_l, person AS id_l, 'rows' AS source_dataset_r, row AS id_r
            FROM read_parquet('{folder / "truth"}.parquet')"""
    )
    linker = Linker(frames, settings())
    linker.training.estimate_u_using_random_sampling(max_pairs=3e6, seed=1)
    linker.training.estimate_m_from_pairwise_labels(engine.register(con.table("labels")))
    begun = time.perf_counter()
    scored = linker.inference.predict()
    con.execute(
        f"""CREATE TABLE first_three AS WITH pairs AS (SELECT CASE WHEN source_dataset_l = 'rows' THEN id_l ELSE id_r END AS row,
                CASE WHEN source_dataset_l = 'rows' THEN id_r ELSE id_l END AS person, match_weight FROM {scored.physical_name}),
            placed AS (SELECT *, row_number() OVER (PARTITION BY row ORDER BY match_weight DESC, person) AS place FROM pairs)
        FROM placed WHERE place <= 3"""
    )
    taken = time.perf_counter() - begun
    found = con.execute(
        f"""SELECT count(*) / (SELECT count(*) FROM read_parquet('{folder / "truth"}.parquet'))
        FROM first_three SEMI JOIN read_parquet('{folder / "truth"}.parquet') truth USING (row, person)"""
    ).fetchone()
    return {
        "seconds": round(taken, 2),
        "within_three": round(found[0], 4),
        "levels": _levels(linker.misc.save_model_to_json()),
    }


def _levels(model: dict[str, Any]) -> dict[str, Any]:
    """m and u of each degree of each field."""
    return {
        comparison["output_column_name"]: {
            level["label_for_charts"]: {key: level.get(f"{key}_probability") for key in ("m", "u")}
            for level in comparison["comparison_levels"]
        }
        for comparison in model["comparisons"]
    }


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] == "--help":
        print(f"usage: {__doc__}")
        sys.exit(0 if "--help" in sys.argv else 2)
    print(json.dumps(main(Path(sys.argv[1])), indent=1))

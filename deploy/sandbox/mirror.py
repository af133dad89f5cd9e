"""The mirrored county: twice a year an operator takes in the national register's roster, with the operator's own command.

Between the two rosters cards were renewed, lost, regraded and frozen, one holder died, and one card is no longer shown.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from deploy.local.part import REPOSITORY
from deploy.processes import Processes
from deploy.sandbox.prefecture import MIRRORED, MIRRORED_TOWNSHIPS, Person
from deploy.sandbox.sheets import workbook

HEADER = ["姓名", "身份证号", "残疾人证号", "残疾类别", "残疾等级", "签发日期", "有效期至", "户籍地址", "证件状态"]
_DIGITS = {"VISUAL": 1, "HEARING": 2, "PHYSICAL": 4, "INTELLECTUAL": 5, "MENTAL": 6}
# What the second roster shows of the first persons; the last one of these it does not show at all.
CHANGES: tuple[dict[str, Any], ...] = (
    {"issued_on": date(2026, 5, 28)},
    {"grade": None},
    {"status": "挂失"},
    {"status": "冻结"},
    {"status": "死亡注销"},
    {"shown": False},
)


def roster(people: list[Person], second: bool) -> bytes:
    """The county's roster as the federation exports it."""
    rows = []
    for number, person in enumerate(people):
        said = CHANGES[number] if second and number < len(CHANGES) else {}
        if said.get("shown", True):
            issued = said.get("issued_on", person.issued_on)
            grade = person.grade % 4 + 1 if "grade" in said else person.grade
            card = f"{person.citizen_id}{_DIGITS[person.category]}{grade}"
            until = issued.replace(year=issued.year + 10)
            address = f"维西县{MIRRORED_TOWNSHIPS[number % 3]}"
            row = [
                person.name,
                person.citizen_id,
                card,
                "",
                str(grade),
                str(issued),
                str(until),
                address,
                said.get("status", "有效"),
            ]
            rows.append(row)
    return workbook(HEADER, rows, "残疾人证名册")


async def take_in(processes: Processes, people: list[Person], as_of: date, did: Counter[str]) -> None:
    """The operator's command, with the roster of a day; what it must lead to is counted."""
    second = as_of.month > 6
    file = Path(processes.folder) / f"roster-{as_of}.xlsx"
    file.write_bytes(roster(people, second))
    module = "services.certificates.roster_import"
    arguments = [str(file), "--county", MIRRORED, "--as-of", str(as_of), "--clerk", "clerk-1"]
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=REPOSITORY,
        env=os.environ | processes.environment("certificates"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, wrong = await running.communicate()
    if running.returncode != 0:
        raise RuntimeError(f"the roster of {as_of} was not taken in: {wrong.decode()[-2000:]}")
    outcomes = json.loads(said)["outcomes"]
    if not second:
        did["CertificateRecorded"] += len(people)
    else:
        did.update({"CertificateRecorded": 2, "CertificateReportedLost": 1, "CertificateActionProposed": 3})
    did["roster rows unchanged"] += outcomes.get("unchanged", 0)

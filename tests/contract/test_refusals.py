"""What a person is told when something is refused: in Chinese, wherever the refusal is raised; its code is the English title."""

import ast
import re
from collections.abc import Iterator

from tests.contract.test_limits import ROOT, sources

REFUSALS = {"Rejected", "Malformed", "Forbidden", "NotFound", "Conflict"}
# Codes that a row of a file or a message is set aside with; no person is shown them as a sentence of ours.
CODES_ONLY = {
    "services/certificates/roster_import/row.py",
    "services/certificates/roster_import/lead_list.py",
    "services/documents/sheet_cell.py",
    "services/documents/sheet_words.py",
    "services/matching/roster/cells.py",
}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def refusals() -> Iterator[tuple[str, ast.Call]]:
    """Each refusal that is raised in the services, with its place."""
    for path in sources():
        name = str(path.relative_to(ROOT))
        if not name.startswith("services/") or name in CODES_ONLY:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            refusal = node.exc if isinstance(node, ast.Raise) else None
            if isinstance(refusal, ast.Call) and isinstance(refusal.func, ast.Name) and refusal.func.id in REFUSALS:
                yield f"{name}:{refusal.lineno}", refusal


def words(node: ast.expr) -> str | None:
    """The constant text of a sentence; None when it is made elsewhere."""
    found = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return "".join(found) if found else None


def test_every_refusal_says_why_in_chinese() -> None:
    silent = []
    for place, call in refusals():
        detail = call.args[1] if len(call.args) > 1 else None
        if isinstance(call.args[0], ast.Starred):
            continue  # code and sentence come from one table
        if detail is None or ((said := words(detail)) is not None and not _CHINESE.search(said)):
            silent.append(f"{place}: {ast.unparse(call)[:110]}")
    assert silent == []

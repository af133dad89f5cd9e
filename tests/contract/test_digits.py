"""Digits are those that machines write. A pattern or a question that takes digits of every script reads a number that nobody wrote so."""

import ast
import re
from collections.abc import Iterator

from tests.contract.test_limits import ROOT, sources

ASKS = {"isdigit", "isdecimal", "isnumeric"}
MAY = re.compile(r"\\[dw]|" + "|".join(ASKS))
ONE = "c"  # a single character that is looked at and not read
HOME = "services/domain/characters.py"  # which asks for ASCII, too


def calls() -> Iterator[tuple[str, ast.Call, ast.Attribute]]:
    """Each call of a method or of a module's function in the files of the product that may have such a one, with its place."""
    for path in sources():
        name = str(path.relative_to(ROOT))
        if not name.startswith(("services/", "deploy/")) or name == HOME:
            continue
        text = path.read_text(encoding="utf-8")
        if MAY.search(text):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    yield f"{name}:{node.lineno}", node, node.func


def test_no_pattern_takes_digits_of_other_scripts() -> None:
    found = []
    for place, call, function in calls():
        if isinstance(function.value, ast.Name) and function.value.id == "re":
            parts = [node for argument in call.args for node in ast.walk(argument)]
            texts = [str(node.value) for node in parts if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)]
            plain = any(isinstance(node, ast.Attribute) and node.attr == "ASCII" for node in parts)
            found += [place] if any("\\d" in text or "\\w" in text for text in texts) and not plain else []
    assert found == []


def test_whether_a_text_is_a_number_is_asked_in_one_place() -> None:
    asked = [place for place, _, function in calls() if function.attr in ASKS and ast.unparse(function.value) != ONE]
    assert asked == []

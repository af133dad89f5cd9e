"""What the house writes about itself names what is there: decisions and READMEs, their files, tests, records, targets and commands."""

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = ROOT / "services" / "DECISIONS.md"
PARTS = ["Context", "Decision", "Consequence", "Rejected", "Enforced by"]
OPERATORS = {"channels.toml"}  # written by operators, after `deploy/channels.example.toml`
SERVICES = ("certificates", "monitoring", "matching", "notifications")
TEXTS = ["README.md", "services/DECISIONS.md", "services/README.md", *(f"services/{name}/README.md" for name in SERVICES)]


@cache
def files() -> frozenset[str]:
    """Every file of the project, tracked or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return frozenset(name for name in listed if (ROOT / name).exists())


@cache
def text_of(name: str) -> str:
    """A text file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def known_tests() -> frozenset[str]:
    """The names of all tests."""
    found = (text_of(name) for name in files() if name.startswith("tests/") and name.endswith(".py"))
    return frozenset(test for text in found for test in re.findall(r"^(?:async )?def (test_\w+)", text, re.MULTILINE))


def quoted(name: str) -> list[str]:
    """What stands between backticks in a text, but for blocks of code."""
    prose = re.sub(r"^```.*?^```", "", text_of(name), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", prose)


def is_there(path: str, name: str) -> bool:
    """Whether a path that a text names leads to a file or folder: from the root, from `services/`, from where the text lies, or, for
    a file's name alone, anywhere at or below where the text lies."""
    home = str(Path(name).parent) + "/"
    roots = ("", "services/", home.removeprefix("./"))
    if any(root + path in files() or any(file.startswith((root + path).rstrip("/") + "/") for file in files()) for root in roots):
        return True
    return "/" not in path and any(file.endswith("/" + path) and file.startswith(roots[-1]) for file in files())


def paths(name: str) -> list[str]:
    """What looks like the path of a file in a text; a pattern with a placeholder is none."""
    found = [word.split(":")[0] for word in quoted(name) if re.fullmatch(r"[\w./-]+\.(?:py|toml|md|sql|csv|txt|avsc|yaml)", word)]
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", text_of(name))
    return [path for path in (*found, *links) if path not in OPERATORS and not path.startswith((".local/", "/"))]


def records() -> dict[str, str]:
    """The records of `DECISIONS.md` by their number."""
    _, *pieces = re.split(r"^### (?=D\d+ )", text_of("services/DECISIONS.md"), flags=re.MULTILINE)
    return {piece.split()[0]: re.split(r"^##", piece, flags=re.MULTILINE)[0] for piece in pieces}


def test_no_two_records_have_one_number() -> None:
    numbers = re.findall(r"^### (D\d+) ", text_of("services/DECISIONS.md"), re.MULTILINE)
    assert numbers
    assert len(numbers) == len(set(numbers)) == len(records())


def test_every_record_says_why_what_at_what_price_instead_of_what_and_what_holds_it() -> None:
    assert {
        number: parts for number, text in records().items() if (parts := re.findall(r"^- ([\w ]+):", text, re.MULTILINE)) != PARTS
    } == {}


def test_every_record_that_is_named_anywhere_exists() -> None:
    texts = {name: text_of(name) for name in files() if name.endswith((".py", ".sql", ".toml", ".md", "Makefile"))}
    named = {(name, number) for name, text in texts.items() for number in re.findall(r"DECISIONS,? (D?\d+)", text)}
    within = {("services/DECISIONS.md", number) for number in re.findall(r"\bD\d+\b", text_of("services/DECISIONS.md"))}
    known = {*records(), *re.findall(r"`DECISIONS (D\d+)`", text_of("services/DECISIONS.md"))}
    assert {(name, number) for name, number in named | within if number not in known} == set()


@pytest.mark.parametrize("name", TEXTS)
def test_every_file_that_a_text_names_exists(name: str) -> None:
    assert [path for path in paths(name) if not is_there(path, name)] == []


@pytest.mark.parametrize("name", TEXTS)
def test_every_test_that_a_text_names_exists(name: str) -> None:
    assert [word for word in quoted(name) if re.fullmatch(r"test_\w+", word) and word not in known_tests()] == []


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_that_a_text_names_can_be_run(name: str) -> None:
    text = text_of(name)
    modules = {found.replace(".", "/") for found in re.findall(r"python -m ((?:services|deploy|tests)(?:\.\w+)*)(?![.\w<])", text)}
    assert [module for module in modules if not {f"{module}.py", f"{module}/__main__.py"} & files()] == []
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", text)) - targets == set()


def tree() -> list[str]:
    """The packages and rooms of the tree in `services/README.md`, from `services/`, in its order."""
    drawn = text_of("services/README.md").partition("```\nservices/\n")[2].partition("```")[0]
    found: list[str] = []
    for line in drawn.splitlines():
        indent, name = len(line) - len(line.lstrip()), line.split("/")[0].strip()
        service = next((package for package in reversed(found) if "/" not in package), "")
        found.append(name if indent == 2 else f"{service}/{name}")
        assert line.partition("/")[2].strip(), f"{name} has no line"
    return found


def test_the_tree_has_every_package_and_room_once() -> None:
    packages = {
        str(Path(name).parent.relative_to("services")) for name in files() if name.startswith("services/") and name.endswith(".py")
    }
    rooms = {package for package in packages if package != "." and package.count("/") < 2}
    assert sorted(tree()) == sorted(rooms)


def test_the_tree_is_in_the_order_of_imports() -> None:
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    for contract in contracts:
        for container in contract.get("containers", ()):
            rank = {name: place for place, layer in enumerate(reversed(contract["layers"])) for name in re.findall(r"\w+", layer)}
            home = container.removeprefix("services").lstrip(".")
            drawn = [path.rpartition("/")[2] for path in tree() if path.rpartition("/")[0] == home]
            assert drawn == sorted(drawn, key=lambda name: rank[name]), contract["name"]


def test_a_walk_has_at_most_ten_files_and_its_picture_shows_each_of_them() -> None:
    walks = re.split(
        r"^### ", text_of("services/README.md").partition("## Four walks")[2].partition("\n## ")[0], flags=re.MULTILINE
    )[1:]
    assert len(walks) == 4
    for walk in walks:
        listed = re.findall(r"^(\d+)\. `[\w/]*?(\w+)\.py`: ", walk, re.MULTILINE)
        shown = set(re.findall(r"(?<!\w)\d+\[(\d+) (\w+)\]", walk))
        assert 1 < len(listed) <= 10
        assert shown == set(listed)

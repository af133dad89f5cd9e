"""`python -m services.documents.sheet_child MEMORY CPU`: a process that reads one file and ends; `sheet_process.py` starts it.

It confines itself before it looks at a byte: so much memory, so many seconds of a processor, no file written, no core left behind (a core
would hold a county's citizen ids). When memory runs out for all, it is the first to go. It knows no setting and no secret.

In: on a line, the file's length and how many lines are a sheet's head; the file; then, on a line, which sheet and how many lines at most.
Out, each on a line: the heads of all sheets; then the chosen sheet's lines, many on a line, and `end`. Instead of either: a refusal.
"""

import contextlib
import json
import resource
import sys
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from services.documents.formats.file import worksheets
from services.documents.formats.worksheet import Line
from services.documents.sheet_cell import packed
from services.kernel.errors import Malformed

MAX_LINE, MAX_HEADS = 1 << 19, 1 << 23  # characters of JSON of one line, and of the heads of all sheets
_MANY = 1 << 17  # characters of lines that are told together


def confine(memory: int, seconds: int) -> None:
    """Limit this process for good: bytes of address space, seconds of a processor."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    for what in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(what, (0, 0))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("1000")


def serve(ask: BinaryIO, answer: BinaryIO) -> None:
    """Read one file, and answer until its lines are told or it is refused."""
    try:
        _tell(ask, answer)
    except Malformed as refused:
        _refuse(answer, refused.code, refused.detail)
    except MemoryError:
        _refuse(answer, "sheet_too_large", "读取此文件所需的内存超过上限")
    except BrokenPipeError:
        pass  # nobody wants to know any more
    except BaseException:  # readers written in other languages end by more than `Exception`
        _refuse(answer, "sheet_unreadable", "文件已损坏，无法读取")


def _tell(ask: BinaryIO, answer: BinaryIO) -> None:
    length, top = map(int, ask.readline().split())
    sheets = worksheets(ask.read(length))
    heads, size, kept = list[str](), 0, None
    for sheet in sheets:
        lines = sheet.lines()
        head = [*islice(lines, top)]
        told = [_packed(line) for line in head]
        size += sum(map(len, told))
        if size > MAX_HEADS:
            raise Malformed("sheet_too_large", "表格开头的内容过长，不可能是名单")
        heads.append(f"[{json.dumps(sheet.hidden)}, {_list(told)}]")
        kept = chain(head, lines) if len(sheets) == 1 else None
    _say(answer, "heads", _list(heads))
    if chosen := ask.readline():
        number, most = json.loads(chosen)
        _lines(answer, kept or sheets[number].lines(), most)


def _lines(answer: BinaryIO, lines: Iterator[Line], most: int) -> None:
    some, size = list[str](), 0
    for count, line in enumerate(lines, 1):
        if count > most:
            raise Malformed("sheet_too_large", f"表格超过{most}行")
        some.append(_packed(line))
        size += len(some[-1])
        if size > _MANY:
            _say(answer, "lines", _list(some))
            some, size = [], 0
    if some:
        _say(answer, "lines", _list(some))
    _say(answer, "end", "[]")


def _packed(line: Line) -> str:
    number, cells = line
    told = f"[{number}, {packed(cells)}]"
    if len(told) > MAX_LINE:
        raise Malformed("sheet_too_large", f"第{number}行过长，不可能是名单")
    return told


def _list(some: list[str]) -> str:
    return f"[{', '.join(some)}]"


def _refuse(answer: BinaryIO, code: str, detail: str) -> None:
    _say(answer, "refused", json.dumps([code, detail]))


def _say(answer: BinaryIO, word: str, said: str) -> None:
    answer.write(f'["{word}", {said}]\n'.encode())
    answer.flush()


if __name__ == "__main__":
    # Each file starts a process: what parses arguments, and paths, would take half of the time in which it starts.
    if len(sys.argv) != 3:
        sys.stdout.write(f"usage: {__doc__}")
        sys.exit(0 if "--help" in sys.argv else 2)
    confine(int(sys.argv[1]), int(sys.argv[2]))
    serve(sys.stdin.buffer, sys.stdout.buffer)

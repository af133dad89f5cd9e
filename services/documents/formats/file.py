"""The bytes of an xlsx, xls or csv file as worksheets of numbered lines. Runs in the reader's own process (`sheet_child.py`) only.

Its content says which format a file has, whatever its name. Knows formats, and nothing of lists.
"""

from services.documents.formats.worksheet import Worksheet


def worksheets(data: bytes) -> list[Worksheet]:
    """Every sheet in the file's order; a csv is one. What is wrong with a sheet's content shows when its lines are read.

    Raises `Malformed`: sheet_unreadable, sheet_encrypted, sheet_too_large.
    """
    # A process reads one file: the reader that it needs is all that it loads.
    match data[:4]:
        case b"PK\x03\x04":
            from services.documents.formats import xlsx

            return xlsx.worksheets(data)
        case b"\xd0\xcf\x11\xe0":
            from services.documents.formats import xls

            return xls.worksheets(data)
        case _:
            from services.documents.formats import comma

            return comma.worksheets(data)

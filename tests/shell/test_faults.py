"""What is told and what is logged when something fails that is no refusal."""

import asyncpg
import pytest
from structlog.testing import capture_logs

from services.shell.http.faults import Faults


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ConnectionRefusedError(), 503, "not_available"),
        (asyncpg.ConnectionDoesNotExistError(), 503, "not_available"),
        (asyncpg.CannotConnectNowError(), 503, "not_available"),
        (asyncpg.AdminShutdownError(), 503, "not_available"),
        (asyncpg.TooManyConnectionsError(), 503, "not_available"),
        (asyncpg.InterfaceError("connection is closed"), 503, "not_available"),
        (TimeoutError(), 503, "not_available"),
        (asyncpg.DiskFullError(), 503, "storage_full"),
        (asyncpg.DataError("a value that cannot be sent"), 500, "internal_error"),
        (FileNotFoundError(), 500, "internal_error"),
        (ZeroDivisionError(), 500, "internal_error"),
    ],
)
def test_what_passes_is_503_and_a_fault_of_ours_500(error: Exception, status: int, code: str) -> None:
    told = Faults().answer(error)
    assert (told.status, told.code) == (status, code)


def test_a_fault_that_repeats_is_traced_once() -> None:
    def fails() -> None:
        raise LookupError("533499198001010013")

    faults = Faults()
    with capture_logs() as lines:
        for _ in range(100):
            try:
                fails()
            except LookupError as error:
                faults.answer(error)
    assert [line["event"] for line in lines] == ["request_failed"] * 100
    assert [bool(line.get("exc_info")) for line in lines] == [True] + [False] * 99
    assert {line["error"] for line in lines} == {"LookupError"}

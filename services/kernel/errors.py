"""The few ways in which the kernel says no. Each has one HTTP status; anything else is a fault of ours (500).

Codes are snake_case facts (`already_issued`), stable, and safe to show: neither code nor detail may carry personal data.
"""


class ShouwangError(Exception):
    """A refusal with a stable `code`; `detail` is one plain sentence for a person, free of personal data."""

    status = 500

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Rejected(ShouwangError):
    """A command that the present state does not allow. HTTP 409."""

    status = 409


class Malformed(ShouwangError):
    """Input that can never be right: impossible date, unknown division, unreadable file. HTTP 422."""

    status = 422


class Unauthenticated(ShouwangError):
    """No token, or one that is not ours. HTTP 401."""

    status = 401


class Forbidden(ShouwangError):
    """A known caller outside its roles, agency, division or purpose. HTTP 403."""

    status = 403


class NotFound(ShouwangError):
    """Nothing there, or nothing that the caller may see. HTTP 404."""

    status = 404


class Unknown(ShouwangError):
    """What an operator named on the command line is not there. In English, as all that operators are told; no endpoint raises it."""


class Conflict(ShouwangError):
    """Somebody else was faster: the stream or row moved on. Transient unless the client sent If-Match. HTTP 412."""

    status = 412


class ClockInDoubt(ShouwangError):
    """Nobody knows what day it is, so nothing is decided. It passes: the caller may come again as it is. HTTP 503."""

    status = 503


class Unreadable(ShouwangError):
    """A message that cannot be decoded: it goes to quarantine, never back into the stream."""

    status = 422


class AlreadyRecorded(Exception):
    """An event with this id is stored: the same cause was handled before. A repeat, not a fault."""

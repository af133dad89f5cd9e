"""What several endpoints here ask in the same way: the view of all agencies of a division."""

from dataclasses import replace

from services.shell.http.call import Call


def of_all(call: Call) -> Call:
    """The call, seeing all agencies of its division."""
    call.principal = replace(call.principal, agency="*")
    return call

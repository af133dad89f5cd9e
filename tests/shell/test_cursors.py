"""A cursor is good for the list that gave it, and for no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import Malformed
from services.shell.http.cursors import Cursors


@given(st.integers() | st.lists(st.text()))
def test_a_cursor_comes_back_as_given(position: object) -> None:
    cursors = Cursors("key")
    assert cursors.take("/list", cursors.give("/list", position)) == position
    assert cursors.take("/list", None) is None


@given(st.text(max_size=40).filter(bool))
def test_a_foreign_cursor_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="cursor_unknown"):
        Cursors("key").take("/list", text)
    with pytest.raises(Malformed, match="cursor_unknown"):
        Cursors("key").take("/list", Cursors("another").give("/list", [1]))
    with pytest.raises(Malformed, match="cursor_unknown"):
        Cursors("key").take("/list", Cursors("key").give("/another-list", [1]))

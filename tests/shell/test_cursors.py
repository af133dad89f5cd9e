"""A cursor is good for the list that gave it, and for no other."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

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


@given(st.data())
def test_a_cursor_of_which_anything_was_changed_is_refused(data: st.DataObject) -> None:
    genuine = Cursors("key").give("/list", ["2026-03-02", 17])
    raw = bytearray(urlsafe_b64decode(genuine))
    place = data.draw(st.integers(0, len(raw) - 1))
    match data.draw(st.sampled_from(("bit", "cut", "longer", "another position"))):
        case "bit":
            raw[place] ^= 1 << data.draw(st.integers(0, 7))
        case "cut":
            del raw[place:]
        case "longer":
            raw += data.draw(st.binary(min_size=1, max_size=20))
        case _:
            raw[12:] = json.dumps(["2026-03-02", data.draw(st.integers(18, 1 << 70))]).encode()
    with pytest.raises(Malformed, match="cursor_unknown"):
        Cursors("key").take("/list", urlsafe_b64encode(bytes(raw)).decode() or "=")

"""Whatever bytes somebody sends: text that a table takes, that is not long, and from which short bytes come back."""

from hypothesis import given
from hypothesis import strategies as st

from services.engine.inbound.safe_text import LONGEST, escaped, unescaped

KEY = "06c5580a-f3ab-4693-a2f3-0c9aea22f236"


def test_what_is_printable_reads_as_ever() -> None:
    assert [escaped(text.encode()) for text in (KEY, "残疾人证", "a b/c", "")] == [KEY, "残疾人证", "a b/c", ""]


def test_what_no_table_or_eye_takes_is_written_out() -> None:
    assert escaped(b"\0\0\0\1") == r"\x00\x00\x00\x01"
    assert escaped(b"a\\x00") == r"a\\x00"
    assert escaped("\u200b\ufeff\n".encode()) == r"\xe2\x80\x8b\xef\xbb\xbf\x0a"
    assert escaped(b"\xff\xed\xa0\x80") == r"\xff\xed\xa0\x80"


@given(st.binary(max_size=60))
def test_short_bytes_come_back(raw: bytes) -> None:
    assert unescaped(escaped(raw)) == raw


@given(st.binary(min_size=1, max_size=300).flatmap(lambda part: st.integers(1, 60).map(lambda times: part * times)))
def test_the_text_is_printable_bounded_and_of_one_meaning(raw: bytes) -> None:
    text = escaped(raw)
    assert text.isprintable()
    assert len(text) <= LONGEST
    assert unescaped(text) in (raw, None)
    assert escaped(raw + b"x") != text


def test_a_short_text_cannot_pass_for_a_long_one() -> None:
    long = escaped(b"k" * 12_000)
    assert unescaped(long) is None
    assert escaped(long.encode()) != long

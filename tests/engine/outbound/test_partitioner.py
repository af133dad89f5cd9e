"""Partitions are those of the Java client: the hash in lanes against a plain one, against aiokafka's, and against Kafka's own examples."""

from aiokafka import partitioner as theirs
from hypothesis import given
from hypothesis import strategies as st

from services.engine.outbound.partitioner import FACTOR, SEED, hashes, murmur2

WORD = 0xFFFFFFFF


def plainly(key: bytes) -> int:
    """Murmur2 of one key, word by word, as it is written down; then made positive as Kafka does."""
    state = SEED ^ len(key)
    whole = len(key) // 4 * 4
    for at in range(0, whole, 4):
        word = int.from_bytes(key[at : at + 4], "little") * FACTOR & WORD
        word = (word ^ (word >> 24)) * FACTOR & WORD
        state = (state * FACTOR & WORD) ^ word
    if rest := key[whole:]:
        state = (state ^ int.from_bytes(rest, "little")) * FACTOR & WORD
    state = (state ^ (state >> 13)) * FACTOR & WORD
    return (state ^ (state >> 15)) & 0x7FFFFFFF


def test_partitions_are_those_of_the_java_client() -> None:
    """Hashes of Kafka's own UtilsTest: murmur2("21") = -973932308, ("foobar") = -790332482, (…long-string) = -985981536."""
    expected = {"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536}
    assert hashes(expected) == {key: found & 0x7FFFFFFF for key, found in expected.items()}
    assert {key: plainly(key.encode()) for key in expected} == hashes(expected)


@given(st.integers(0, 40).flatmap(lambda size: st.lists(st.binary(min_size=size, max_size=size), min_size=1, max_size=9)))
def test_many_keys_at_once_hash_as_one_by_one(keys: list[bytes]) -> None:
    assert murmur2(keys) == [plainly(key) for key in keys] == [theirs.murmur2(key) & 0x7FFFFFFF for key in keys]


@given(st.sets(st.text(max_size=40)))
def test_keys_of_any_length_are_hashed_together(keys: set[str]) -> None:
    assert hashes(keys) == {key: plainly(key.encode()) for key in keys}

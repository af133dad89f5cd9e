"""Kafka's own choice of partitions: murmur2 over the key, as the Java client has it.

The relay hashes the key of every message that it sends, so `murmur2` does many keys at once. A plain implementation stands beside it in
its test, and both agree on every key.
"""

from collections.abc import Iterable, Sequence
from struct import pack, unpack

SEED, FACTOR = 0x9747B28C, 0x5BD1E995
_WORD, _POSITIVE = 0xFFFFFFFF, 0x7FFFFFFF


def hashes(keys: Iterable[str]) -> dict[str, int]:
    """The hash of each key, of whatever length; its remainder by the number of partitions is the partition."""
    of_length: dict[int, dict[str, bytes]] = {}
    for key in keys:
        encoded = key.encode()
        of_length.setdefault(len(encoded), {})[key] = encoded
    return {key: found for same in of_length.values() for key, found in zip(same, murmur2([*same.values()]), strict=True)}


def murmur2(keys: Sequence[bytes]) -> list[int]:
    """Kafka's hash of each key, made positive as its partitioner does; all keys are of one length.

    One big integer holds a lane of 64 bits for each key, so a step of the hash is one operation for all of them. A product of two
    32-bit words stays within its lane; `low` keeps the lower word of every lane.
    """
    count, size = len(keys), len(keys[0])
    words = (size + 3) // 4
    ones = int.from_bytes(b"\x01\0\0\0\0\0\0\0" * count, "little")
    low = ones * _WORD
    grid = unpack(f"<{count * words}I", b"".join(key.ljust(words * 4, b"\0") for key in keys))
    state = ones * (SEED ^ size)
    for column in range(words):
        word = int.from_bytes(pack(f"<{count}Q", *grid[column::words]), "little")
        if column < size // 4:
            word = (word * FACTOR) & low
            word = ((word ^ (word >> 24)) & low) * FACTOR & low
            state = ((state * FACTOR) & low) ^ word
        else:  # the last, incomplete word
            state = ((state ^ word) * FACTOR) & low
    state = ((state ^ (state >> 13)) & low) * FACTOR & low
    state = (state ^ (state >> 15)) & low
    return [value & _POSITIVE for value in unpack(f"<{count}Q", state.to_bytes(8 * count, "little"))]

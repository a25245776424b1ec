"""What all tests of accounts share."""

from collections.abc import Iterator

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from marketry_users import hashing

CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True, scope="module")
def passwords() -> Iterator[None]:
    """Real hashes, cheaply made: this suite signs in a thousand times."""
    yield from _hashing_with(CHEAP)


@pytest.fixture
def full_hashes() -> Iterator[None]:
    """For a test that is about the cost of a hash."""
    yield from _hashing_with(FULL)


FULL = hashing.ARGON2


def _hashing_with(argon2: Argon2Hasher) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hashing, "ARGON2", argon2)
        hashing.hasher.cache_clear()
        yield
    hashing.hasher.cache_clear()

import pytest
from plugins.users.tests.staff.office import RELAXED, Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shop(make_site, clock):
    """A back office with users in which nobody needs a second factor (those who have one are asked)."""
    site = make_site("backoffice", "users", clock=clock, more=RELAXED)
    return site


@pytest.fixture
def strict_shop(make_site, clock):
    return make_site("backoffice", "users", clock=clock)

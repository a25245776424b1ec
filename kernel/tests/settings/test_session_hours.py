"""How long sessions last is the site's to say."""

import pytest

from marketry.settings.session_hours import session_hours


def test_what_is_not_set_is_the_usual() -> None:
    assert session_hours({}) == {"staff_idle": 1.0, "staff_absolute": 12, "customer_idle": 336, "customer_absolute": 2160}


def test_minutes_and_texts_of_the_environment_are_read() -> None:
    assert session_hours({"staff_idle_minutes": "30", "staff_absolute_hours": 8})["staff_idle"] == 0.5


@pytest.mark.parametrize("table", [{"staff_idle_minutes": 0}, {"staff_idle_minutes": "an hour"}, {"staff_idle_minuts": 5}])
def test_nonsense_is_refused_by_name(table: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="staff_idle"):
        session_hours(table)

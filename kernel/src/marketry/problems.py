"""Errors as values: what went wrong, for which field, by which plugin; mapped to HTTP in one place (web/errors.py)."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal that a person can act on.

    `code` is stable and machine-readable (`out_of_stock`), `message` is translated and says what to do next,
    `field` names the input (`lines/0/quantity`), `plugin` the plugin that refused. `retry_after` in seconds, where waiting
    helps.
    """

    code: str
    message: str
    field: str | None = None
    plugin: str | None = None
    status: int = 422
    retry_after: int | None = None

    def by(self, plugin: str) -> "Problem":
        """The same problem, signed by `plugin` unless it is signed already."""
        return self if self.plugin else replace(self, plugin=plugin)


class Refused(Exception):
    """Raised where a rule refuses; carries one or more problems. Nothing that the unit of work did is kept."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.code}: {p.message}" for p in problems))
        self.problems = problems

    @property
    def status(self) -> int:
        return self.problems[0].status


def invalid(code: str, message: str, field: str | None = None) -> Refused:
    """422: the input is wrong."""
    return Refused(Problem(code, message, field))


def conflict(code: str, message: str, field: str | None = None) -> Refused:
    """409: the input was right but the world has moved on (stock, totals, a key in use)."""
    return Refused(Problem(code, message, field, status=409))


def not_found(message: str, code: str = "not_found") -> Refused:
    """404: it isn't there, or isn't yours."""
    return Refused(Problem(code, message, status=404))

"""A page that was refused: drawn again with what was wrong, under the status that fits."""

from collections.abc import Sequence

from fastapi import Response

from marketry import Context
from marketry.problems import Problem, Refused
from marketry.web import render


def page(ctx: Context, template: str, refused: Refused | None = None, **values: object) -> Response:
    """`template` with `problems`; 200, or the status of what was refused, with `Retry-After` where waiting helps."""
    problems: Sequence[Problem] = refused.problems if refused else ()
    response = render(ctx, template, None, refused.status if refused else 200, problems=problems, **values)
    if problems and problems[0].retry_after is not None:
        response.headers["Retry-After"] = str(problems[0].retry_after)
    return response

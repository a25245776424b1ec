"""Every error becomes an answer here, and only here: a page, an htmx fragment, or `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response

from marketry.context import Context
from marketry.plugins.failures import PluginFailed
from marketry.problems import Problem, Refused
from marketry.telemetry import log, request_id
from marketry.web.context import LOCALE, context_of
from marketry.web.freshness import CODE as REAUTHENTICATION
from marketry.web.guard import demand_admitted
from marketry.web.htmx import wants_fragment
from marketry.web.invalid import problems_of
from marketry.web.missing import GONE, moved, redirect_to
from marketry.web.responses import finish, redirect
from marketry.web.security.paths import below
from marketry.web.templates import templates_of
from marketry.web.values import ActorKind

SIGN_IN = "/admin/sign-in"
CUSTOMERS_SIGN_IN = "/account/sign-in"
CONFIRM = "/admin/confirm"
AWAY = (OperationalError, InterfaceError, PoolTimeout, TimeoutError)
RETRY_AFTER = 5  # seconds
LAST_RESORT = "<!doctype html><title>Error</title><h1>Something broke</h1><p>It is our fault, not yours. Try again soon.</p>"


def install(app: FastAPI) -> None:
    """Register the handlers. They are `def`, so a page of an error is drawn in a worker thread like any other."""
    app.add_exception_handler(Refused, _refused)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(PluginFailed, _plugin_failed)  # type: ignore[arg-type]


def _refused(request: Request, error: Refused) -> Response:
    return answer(request, error.problems, error.status)


def _invalid(request: Request, error: RequestValidationError) -> Response:
    """Input is read before the endpoint's guard runs; a stranger is still told that they are one, not what a route takes."""
    ctx = context_of(request)
    try:
        demand_admitted(ctx, getattr(request.scope.get("route"), "endpoint", None))
    except Refused as refused:
        return _refused(request, refused)
    return answer(request, problems_of(ctx, map(_located, error.errors())), 422)


def _located(error: Mapping[str, Any]) -> Mapping[str, Any]:
    """FastAPI puts the place first (`body`, `query`, `path`, `header`); the field is what follows."""
    rest = () if error["type"] == "json_invalid" else error["loc"][1:]
    return {**error, "loc": rest or ("body",)}


def _http(request: Request, error: HTTPException) -> Response:
    response = answer(request, (_worded(context_of(request), error),), error.status_code)
    response.headers.update(error.headers or {})
    return response


def _worded(ctx: Context, error: HTTPException) -> Problem:
    status, field, _ = error.status_code, None, ctx.gettext
    match status:
        case 404:
            code, message = "not_found", _("There is nothing at this address.")
        case 405:
            code, message = "method_not_allowed", _("This address doesn't take this kind of request.")
        case 400:  # FastAPI's word for a body that no parser could read: too deep, a number too long, broken UTF-8
            code, message, field = "bad_body", _("The body could not be read."), "body"
        case 413:
            code, message, field = "too_large", _("This is too large."), "body"
        case _:
            code, message = HTTPStatus(status).phrase.lower().replace(" ", "_"), str(error.detail)
    return Problem(code, message, field, status=status)


def _plugin_failed(request: Request, error: PluginFailed) -> Response:
    log.error("plugin_failed", plugin=error.plugin, hook=error.hook, path=request.url.path, exc_info=error.cause)
    message = context_of(request).gettext("A part of the shop failed; nothing was changed. Please try again.")
    return answer(request, (Problem("plugin_failed", message, None, error.plugin, status=500),), 500)


def crashed(request: Request, error: Exception) -> Response:
    """The answer to an exception that nobody expected; it never raises. While the database can't be reached, or is held too long
    by somebody else, it is 503: browsers and gateways then know that trying again helps."""
    try:
        problem = _away(context_of(request)) if isinstance(error, AWAY) else _broken(context_of(request))
        return answer(request, (problem,), problem.status)
    except Exception:
        log.exception("error_page_failed", path=request.scope.get("path"))
        return HTMLResponse(LAST_RESORT, 503 if isinstance(error, AWAY) else 500)


def _away(ctx: Context) -> Problem:
    """Nothing is said of what was changed: the order may have been placed before the database went."""
    message = ctx.gettext("The shop can't reach its books right now. Please try again in a moment.")
    return Problem("unavailable", message, status=503, retry_after=RETRY_AFTER)


def _broken(ctx: Context) -> Problem:
    return Problem("internal", ctx.gettext("Something broke on our side; it has been noted. Please try again."), status=500)


def answer(request: Request, problems: Sequence[Problem], status: int) -> Response:
    """What this client can read of `problems`."""
    ctx = context_of(request)
    ctx.personal = True
    status = _unauthenticated(ctx, status)
    if wants_json(request):
        response: Response = _json(problems, status)
    elif place := _elsewhere(request, problems, status):
        response = redirect(ctx, place)
    elif wants_fragment(request):
        response = _fragment(ctx, problems, status)
    else:
        response = _lost(ctx, problems) if status == 404 else _page(ctx, problems, status)
    if problems and problems[0].retry_after is not None:
        response.headers["Retry-After"] = str(problems[0].retry_after)
    return response


def _elsewhere(request: Request, problems: Sequence[Problem], status: int) -> str:
    """The page that must come first: where to sign in, or to prove oneself again; "" where there is none."""
    if problems and problems[0].code == REAUTHENTICATION:
        return _confirm(request)
    return _sign_in(request) if status == 401 else ""


def _sign_in(request: Request) -> str:
    """Where to sign in and come back from, or "" where there is no such page or a form of the back office was sent."""
    office, got = below(request.scope["path"], ("/admin",)), request.method in ("GET", "HEAD")
    page = SIGN_IN if office else CUSTOMERS_SIGN_IN
    if page not in request.app.state.sign_in or (office and not got) or request.scope["path"] == page:
        return ""
    return f"{page}?next={quote(back_to(request) if got else '/account')}"


def _confirm(request: Request) -> str:
    """Where staff prove themselves again, and then come back to the page that they were on."""
    if CONFIRM not in request.app.state.sign_in or not below(request.scope["path"], ("/admin",)):
        return ""
    return f"{CONFIRM}?next={quote(back_to(request) if request.method in ('GET', 'HEAD') else _form_of(request))}"


def _form_of(request: Request) -> str:
    """The page from which a form was sent, as the browser says; without its language, since what leads back adds it."""
    came_from = urlsplit(request.headers.get("referer", ""))
    path = came_from.path.removeprefix(f"/{request.scope.get(LOCALE)}")
    return path if came_from.netloc == request.url.netloc and below(path, ("/admin",)) else "/admin"


def back_to(request: Request) -> str:
    """The path and query of what was asked for, without the language."""
    path: str = request.scope["path"]
    query = request.scope["query_string"].decode("latin-1")
    return path + (f"?{query}" if query else "")


def _unauthenticated(ctx: Context, status: int) -> int:
    """403 for a visitor whom nobody knows is 401 in the back office and the JSON surface: sign in, then see."""
    if status != 403 or ctx.request is None or not ctx.request.url.path.startswith(("/admin", "/api/")):
        return status
    return 401 if ctx.resolved_actor is not None and ctx.resolved_actor.kind is ActorKind.ANONYMOUS else 403


def wants_json(request: Request) -> bool:
    """The JSON surface always; elsewhere clients that accept JSON and not HTML."""
    accept = request.headers.get("accept", "")
    path = request.scope["path"]
    return path.startswith(("/api/", "/hooks/")) or ("json" in accept and "html" not in accept)


def _json(problems: Sequence[Problem], status: int) -> Response:
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body |= _member(problems[0])
    if len(problems) > 1:
        body["errors"] = [_member(problem) for problem in problems]
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def _member(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "detail": problem.message, "field": problem.field, "plugin": problem.plugin}


def _fragment(ctx: Context, problems: Sequence[Problem], status: int) -> Response:
    """A notice at the top of the page, whatever the request meant to swap."""
    body = templates_of(ctx.runtime).page(ctx, "errors/notice.html", {"problems": problems, "status": status})
    return HTMLResponse(body, status, {"HX-Retarget": "main", "HX-Reswap": "afterbegin"})


def _lost(ctx: Context, problems: Sequence[Problem]) -> Response:
    """Nobody answers here; perhaps a plugin knows where it went, or that it is gone."""
    found = moved(ctx)
    if found is None:
        return _page(ctx, problems, 404)
    return _page(ctx, problems, GONE) if found.status == GONE else redirect_to(ctx, found)


def _page(ctx: Context, problems: Sequence[Problem], status: int) -> Response:
    templates = templates_of(ctx.runtime)
    shown = problems if status in (400, 409, 413, 422, 429) else ()
    values = {"status": status, "problems": shown, "request_id": request_id.get()}
    body = templates.page(ctx, templates.first(f"errors/{status}.html", "errors/page.html"), values)
    return finish(ctx, HTMLResponse(body, status))

"""Registering, signing in and out, and forgotten passwords over JSON: the same use cases as the pages."""

from fastapi import Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from marketry import Context
from marketry.problems import Problem, Refused
from marketry.web import Ctx, Router, customers_only, end_session, public
from marketry_users.arriving import arrive_by_token
from marketry_users.customer_json import session_json
from marketry_users.customers import person
from marketry_users.domain.passwords import normal_password
from marketry_users.hashing import hasher
from marketry_users.inputs import Asking, Confirming, Registering, Resetting, SigningIn
from marketry_users.limits import limit_mail, limit_token
from marketry_users.models import Customer
from marketry_users.password_rules import checked_password
from marketry_users.passwords import ask_for_reset, customer_of_reset, gone, reset_password
from marketry_users.registering import Pending, open_account, pending, request_account
from marketry_users.signing_in import Attempt, admitted, attempt

router = Router(tags=["customers"])
SENT = {"status": "mail_sent"}


@router.post("/customers", status_code=202)
@public
async def register(ctx: Ctx, wanted: Registering) -> JSONResponse:
    """Ask for an account: a mail with a link goes out. The answer is the same where the address has an account already. Sent
    again, the mail goes out again."""
    password = await run_in_threadpool(_allowed, ctx, wanted)
    hashed = await hasher().hash(ctx, password)
    await run_in_threadpool(_requested, ctx, wanted, hashed)
    return JSONResponse(SENT, 202)


def _allowed(ctx: Context, wanted: Registering) -> str:
    password = checked_password(ctx, wanted.password, wanted.email, wanted.name)
    limit_mail(ctx, wanted.email)
    return password


def _requested(ctx: Context, wanted: Registering, password: str) -> None:
    with ctx.writing():
        request_account(ctx, wanted, password, "api")


@router.post("/customers/confirm", status_code=201)
@public
async def confirm(ctx: Ctx, followed: Confirming) -> JSONResponse:
    """Open the account with the link's token and the password that was chosen; the customer is signed in."""
    found = await run_in_threadpool(_pending, ctx, followed)
    if not await hasher().matches(ctx, normal_password(followed.password), found.password):
        raise Refused(Problem("wrong_password", ctx.gettext("This is not your password."), "password"))
    return await run_in_threadpool(_opened, ctx, found)


def _pending(ctx: Context, followed: Confirming) -> Pending:
    limit_token(ctx)
    with ctx.reading():
        found = pending(ctx, followed.token)
    if found is None:
        raise gone(ctx)
    return found


def _opened(ctx: Context, found: Pending) -> JSONResponse:
    with ctx.writing():
        customer = open_account(ctx, found.id)
        if customer is None:
            raise gone(ctx)
        return _signed_in(ctx, customer)


@router.post("/sessions", status_code=201)
@public
async def sign_in(ctx: Ctx, typed: SigningIn) -> JSONResponse:
    """Sign in. The token goes into `Authorization: Bearer …` of later requests; it is told this once."""
    hasher().demand_room(ctx)
    tried = await run_in_threadpool(attempt, ctx, typed)
    right = await hasher().matches(ctx, tried.password, tried.stored)
    return await run_in_threadpool(_arrived, ctx, tried, right)


def _arrived(ctx: Context, tried: Attempt, right: bool) -> JSONResponse:
    with ctx.writing():
        return _signed_in(ctx, admitted(ctx, tried, right))


def _signed_in(ctx: Context, customer: Customer) -> JSONResponse:
    """Plugins may set cookies when a customer arrives; they go along."""
    carrier = Response()
    token, until = arrive_by_token(ctx, customer, carrier)
    response = JSONResponse(session_json(token, until, person(ctx, customer)), 201)
    response.raw_headers += [pair for pair in carrier.raw_headers if pair[0] == b"set-cookie"]
    return response


@router.delete("/sessions", status_code=204)
@customers_only
def sign_out(ctx: Ctx) -> Response:
    """Sign out: the token opens nothing any more."""
    response = Response(status_code=204)
    with ctx.writing():
        end_session(ctx, response, "customer")
    return response


@router.post("/password-resets", status_code=202)
@public
def ask(ctx: Ctx, asking: Asking) -> JSONResponse:
    """Have a link sent to the address, if there is such an account; the answer doesn't say."""
    limit_mail(ctx, asking.email.strip().lower())
    with ctx.writing():
        ask_for_reset(ctx, asking.email)
    return JSONResponse(SENT, 202)


@router.post("/password-resets/confirm", status_code=204)
@public
async def reset(ctx: Ctx, typed: Resetting) -> Response:
    """Set a new password by the link's token; all sessions end."""
    password = await run_in_threadpool(_settable, ctx, typed)
    hashed = await hasher().hash(ctx, password)
    await run_in_threadpool(_set, ctx, typed.token, hashed)
    return Response(status_code=204)


def _settable(ctx: Context, typed: Resetting) -> str:
    limit_token(ctx)
    with ctx.reading():
        customer = customer_of_reset(ctx, typed.token)
    if customer is None:
        raise gone(ctx)
    return checked_password(ctx, typed.password, customer.email, customer.name)


def _set(ctx: Context, token: str, password: str) -> None:
    with ctx.writing():
        reset_password(ctx, token, password)

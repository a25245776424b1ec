"""The customer who is signed in, over JSON."""

from fastapi import Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from marketry import Context
from marketry.problems import not_found
from marketry.web import Ctx, Router, customers_only, public
from marketry.web.sessions import end_other_sessions, end_session_of, end_sessions_of, sessions_of
from marketry_users.customer_json import customer_json
from marketry_users.customers import own, person
from marketry_users.emails import ask_for_new_email, confirm_new_email
from marketry_users.hashing import hasher
from marketry_users.inputs import ChangingEmail, ChangingPassword, Following, Profile, Proving
from marketry_users.leaving import leave, own_data
from marketry_users.limits import limit_mail
from marketry_users.password_rules import checked_password
from marketry_users.passwords import change_password
from marketry_users.profile import change_profile
from marketry_users.proving import prove, prove_new_email

router = Router(tags=["customer"])


@router.get("/customer")
@customers_only
def show(ctx: Ctx) -> JSONResponse:
    with ctx.reading():
        return JSONResponse(customer_json(person(ctx, own(ctx))))


@router.patch("/customer")
@customers_only
def change(ctx: Ctx, wanted: Profile) -> JSONResponse:
    """Change name, language, or consent to news; what isn't sent stays."""
    with ctx.writing():
        customer = own(ctx)
        change_profile(ctx, customer, wanted, "api")
        return JSONResponse(customer_json(person(ctx, customer)))


@router.post("/customer/password", status_code=204)
@customers_only
async def new_password(ctx: Ctx, typed: ChangingPassword) -> Response:
    """Change the password; all sessions but this one end."""
    await prove(ctx, typed.current, "current")
    password = await run_in_threadpool(_checked, ctx, typed.password)
    hashed = await hasher().hash(ctx, password)
    await run_in_threadpool(_changed, ctx, hashed)
    return Response(status_code=204)


def _checked(ctx: Context, typed: str) -> str:
    with ctx.reading():
        customer = own(ctx)
    return checked_password(ctx, typed, customer.email, customer.name)


def _changed(ctx: Context, password: str) -> None:
    with ctx.writing():
        change_password(ctx, own(ctx), password)


@router.post("/customer/email", status_code=202)
@customers_only
async def new_email(ctx: Ctx, typed: ChangingEmail) -> JSONResponse:
    """Ask for another address: a link goes there, and the address changes when it is confirmed."""
    await prove(ctx, typed.password)
    await run_in_threadpool(_asked, ctx, typed.email)
    return JSONResponse({"status": "mail_sent"}, 202)


def _asked(ctx: Context, email: str) -> None:
    limit_mail(ctx, email)
    with ctx.writing():
        ask_for_new_email(ctx, own(ctx), email)


@router.post("/customers/email/confirm", status_code=204)
@public
async def confirm_email(ctx: Ctx, followed: Following) -> Response:
    """Change the address by the link's token, signed in to the account or with its password; sessions on other devices end."""
    await prove_new_email(ctx, followed.token, followed.password)
    await run_in_threadpool(_confirmed, ctx, followed.token)
    return Response(status_code=204)


def _confirmed(ctx: Context, token: str) -> None:
    with ctx.writing():
        confirm_new_email(ctx, token)


@router.get("/customer/sessions")
@customers_only
def sessions(ctx: Ctx) -> JSONResponse:
    with ctx.reading():
        found = sessions_of(ctx, "customer", ctx.actor.id)
    return JSONResponse(
        {
            "items": [
                {
                    "id": one.id, "agent": one.agent, "address": one.address, "current": one.current, "program": one.bearer,
                    "created_at": one.created_at.isoformat(), "seen_at": one.seen_at.isoformat(),
                }
                for one in found
            ],
            "next_cursor": None,
        }
    )  # fmt: skip


@router.delete("/customer/sessions", status_code=204)
@customers_only
def end_all(ctx: Ctx, others: bool = False) -> Response:
    """Sign out everywhere; with `others` everywhere but here."""
    with ctx.writing():
        end = end_other_sessions if others else end_sessions_of
        end(ctx, "customer", ctx.actor.id)
    return Response(status_code=204)


@router.delete("/customer/sessions/{session}", status_code=204)
@customers_only
def end_one(ctx: Ctx, session: str) -> Response:
    with ctx.writing():
        if not end_session_of(ctx, "customer", ctx.actor.id, session):
            raise not_found(ctx.gettext("This device is signed out already."))
    return Response(status_code=204)


@router.get("/customer/export")
@customers_only
def export(ctx: Ctx) -> JSONResponse:
    """All that the site holds of the customer, by plugin."""
    return JSONResponse(own_data(ctx))


@router.post("/customer/deletion", status_code=204)
@customers_only
async def delete(ctx: Ctx, typed: Proving) -> Response:
    """Erase the account and what belongs to it, for good. Orders stay for the books, without names."""
    await prove(ctx, typed.password)
    response = Response(status_code=204)
    await run_in_threadpool(leave, ctx, response)
    return response

"""The back office's pages of customers: the list, one customer with all that staff may do."""

import secrets
from typing import Annotated

from fastapi import Query, Response

from marketry import Context
from marketry.database import in_locale
from marketry.problems import Problem, Refused
from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry.web.sessions import sessions_of
from marketry_users import customer_desk
from marketry_users.address_book import saved_addresses
from marketry_users.customer_lists import STATES, CustomerFilter, list_customers, path_id
from marketry_users.customers import existing, groups_of, person
from marketry_users.domain.devices import device
from marketry_users.groups import all_groups
from marketry_users.models import Customer

router = Router(private=True)
READ, WRITE = "users.customer.read", "users.customer.write"
Text = Annotated[str, Query(max_length=200)]


@router.get("/customers")
@permission(READ)
def customers(
    ctx: Ctx, q: Text = "", group: Text = "", state: Text = "", cursor: Annotated[str | None, Query(max_length=600)] = None
) -> Response:
    wanted = CustomerFilter(" ".join(q.split()), group, state if state in STATES else "")
    problems: tuple[Problem, ...] = ()
    with ctx.reading():
        try:
            page = list_customers(ctx, wanted, cursor)
        except Refused as refused:
            problems, page = refused.problems, list_customers(ctx, wanted)
        groups = [(one.row.code, in_locale(one.row.name, ctx.locale)) for one in all_groups(ctx)]
    return render(
        ctx,
        "users/admin/customers.html",
        status=422 if problems else 200,
        page=page,
        wanted=wanted,
        groups=groups,
        problems=problems,
        path_id=path_id,
        here=f"/admin/customers?{wanted.query}" if wanted.query else "/admin/customers",
    )


@router.get("/customers/{customer}")
@permission(READ)
def customer(ctx: Ctx, customer: str) -> Response:
    return _page(ctx, customer)


def _page(ctx: Context, id: str, refused: Refused | None = None, text: str = "") -> Response:
    with ctx.reading():
        row = _row(ctx, id)
        mine = groups_of(ctx, row.id)
        return render(
            ctx,
            "users/admin/customer.html",
            status=refused.status if refused else 200,
            problems=refused.problems if refused else (),
            row=row,
            person=person(ctx, row),
            here=f"/admin/customers/{path_id(row.id)}",
            addresses=saved_addresses(ctx, row.id),
            sessions=sessions_of(ctx, "customer", row.id),
            device=device,
            notes=customer_desk.notes_of(ctx, row.id),
            groups=[(one.row.code, in_locale(one.row.name, ctx.locale)) for one in all_groups(ctx)],
            mine=mine,
            text=text,
            once=secrets.token_hex(8),
        )


@router.post("/customers/{customer}/block")
@permission(WRITE)
def block(ctx: Ctx, customer: str) -> Response:
    with ctx.writing():
        customer_desk.block(ctx, _row(ctx, customer))
    return _back(ctx, customer, ctx.gettext("The account is blocked; nobody is signed in to it any more."))


@router.post("/customers/{customer}/unblock")
@permission(WRITE)
def unblock(ctx: Ctx, customer: str) -> Response:
    with ctx.writing():
        customer_desk.unblock(ctx, _row(ctx, customer))
    return _back(ctx, customer, ctx.gettext("The account is open again."))


@router.post("/customers/{customer}/reset")
@permission(WRITE)
def reset(ctx: Ctx, customer: str) -> Response:
    with ctx.writing():
        customer_desk.send_reset(ctx, _row(ctx, customer))
    return _back(ctx, customer, ctx.gettext("A link to set a new password is on its way to the customer."))


@router.post("/customers/{customer}/sign-out")
@permission(WRITE)
def sign_out(ctx: Ctx, customer: str) -> Response:
    with ctx.writing():
        count = customer_desk.sign_out_everywhere(ctx, _row(ctx, customer))
    return _back(ctx, customer, ctx.ngettext("One session has ended.", "%(n)s sessions have ended.", count))


@router.post("/customers/{customer}/note")
@permission(WRITE)
def note(ctx: Ctx, customer: str, form: Form) -> Response:
    try:
        with ctx.writing():
            customer_desk.write_note(ctx, _row(ctx, customer), form.get("text"), form.get("key")[:32])
    except Refused as refused:
        if refused.status == 404:
            raise
        return _page(ctx, customer, refused, form.get("text"))
    return _back(ctx, customer, ctx.gettext("The note is kept."))


@router.post("/customers/{customer}/groups")
@permission("users.group.write")
def groups(ctx: Ctx, customer: str, form: Form) -> Response:
    with ctx.writing():
        customer_desk.put_into_groups(ctx, _row(ctx, customer), form.all("group"))
    return _back(ctx, customer, ctx.gettext("The groups are saved."))


def _row(ctx: Context, id: str) -> Customer:
    return existing(ctx, f"customer:{id}")


def _back(ctx: Context, customer: str, message: str) -> Response:
    return redirect(ctx, f"/admin/customers/{customer}", message)

"""Manifest and wiring."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from marketry import Context, Permission, Plugin, hookimpl
from marketry.commerce.people import AccountLink, CustomerBook
from marketry.jobs.values import Job, Schedule
from marketry.web.values import Actor, Asset, Card, Hit, MenuEntry, SlotFill
from marketry_users.settings import UserSettings

if TYPE_CHECKING:
    from fastapi import APIRouter, Request

    from marketry.web.sections import SectionKind
    from marketry_backoffice.api import StaffGuard

plugin = Plugin(
    id="users",
    title="Users",
    summary="Customers with accounts, staff with roles.",
    requires={"backoffice": ">=1,<2"},
    settings=UserSettings,
    permissions=(
        Permission("users.customer.read", "See customers"),
        Permission("users.customer.write", "Change, block and annotate customers"),
        Permission("users.group.read", "See customer groups"),
        Permission("users.group.write", "Change customer groups and who is in them"),
        Permission("users.staff.read", "See who works here"),
        Permission("users.staff.write", "Invite, block and sign out staff, give roles, reset second factors"),
        Permission("users.role.read", "See roles"),
        Permission("users.role.write", "Make and change roles"),
        Permission("users.token.read", "See all tokens"),
        Permission("users.token.write", "Make tokens, and revoke those of others"),
    ),
    models="marketry_users.models",
    declares_slots={
        "account.overview": "Below the cards of the account's first page. Arguments: customer (commerce.people.Customer).",
        "account.sign_in": "Below the form to sign in: other ways in. No arguments.",
        "account.register": "Below the form to open an account. No arguments.",
        "users.admin.customer": "A panel on the page of a customer in the back office. Arguments: customer.",
    },
)


@hookimpl
def routes(area: str) -> "Sequence[APIRouter]":
    from marketry_users.routes import routers
    from marketry_users.routes.staff import staff_routers

    return (*routers(area), *staff_routers(area))


@hookimpl
def resolve_actor(ctx: Context, request: "Request") -> Actor | None:
    from marketry.web import current_session
    from marketry_users.customers import actor_of

    if request.scope["path"].startswith("/api/v1/admin/"):
        return _by_token(ctx, request)
    session = current_session(ctx)
    return actor_of(ctx, session.subject) if session and session.kind == "customer" else None


def _by_token(ctx: Context, request: "Request") -> Actor | None:
    from marketry_users.staff.tokens import actor_of_token

    return actor_of_token(ctx, request.headers.get("authorization", ""))


@hookimpl
def backoffice_staff_guard() -> "StaffGuard":
    from marketry_users.staff.guarding import Guard

    return Guard()


@hookimpl
def services() -> Mapping[type, object]:
    from marketry_users.book import Book

    return {CustomerBook: Book()}


@hookimpl
def jobs() -> Sequence[Job]:
    from marketry_users import mailing

    return (
        Job("mail_registration", mailing.mail_registration),
        Job("mail_reset", mailing.mail_reset),
        Job("mail_new_email", mailing.mail_new_email),
    )


@hookimpl
def schedules() -> Sequence[Schedule]:
    from marketry_users.sweeping import sweep

    return (Schedule("sweep", timedelta(hours=1), sweep),)


@hookimpl
def slots() -> Sequence[SlotFill]:
    return (SlotFill("shop.header_tools", template="users/header_tool.html", steady=True),)


@hookimpl
def assets(area: str) -> Sequence[Asset]:
    return (Asset("users/staff.css"),) if area == "admin" else ()


@hookimpl
def account_links(ctx: Context) -> Sequence[AccountLink]:
    _ = ctx.gettext
    return (
        AccountLink(_("Overview"), "/account", "home", 0),
        AccountLink(_("Addresses"), "/account/addresses", "truck", 40),
        AccountLink(_("Your details"), "/account/details", "person", 60),
        AccountLink(_("Security"), "/account/security", "shield", 70),
        AccountLink(_("Your data"), "/account/data", "inbox", 80),
    )


@hookimpl
def account_cards(ctx: Context) -> Sequence[Card]:
    from marketry_users.cards import cards

    return cards(ctx)


@hookimpl
def home_sections() -> "Sequence[SectionKind]":
    from marketry_users.home_section import KIND

    return (KIND,)


@hookimpl
def admin_menu(ctx: Context) -> Sequence[MenuEntry]:
    _ = ctx.gettext
    return (
        MenuEntry(_("Customers"), "/admin/customers", "users.customer.read", "customers", "people", 10),
        MenuEntry(_("Customer groups"), "/admin/customer-groups", "users.group.read", "customers", "tag", 20),
        MenuEntry(_("Newsletter"), "/admin/newsletter", "users.customer.read", "customers", "mail", 30),
        MenuEntry(_("My account"), "/admin/me", "", "", "person", 90),
        MenuEntry(_("Staff"), "/admin/staff", "users.staff.read", "operate", "people", 20),
        MenuEntry(_("Roles"), "/admin/roles", "users.role.read", "operate", "shield", 22),
        MenuEntry(_("Tokens"), "/admin/tokens", "users.token.read", "operate", "card", 24),
    )


@hookimpl
def admin_search(ctx: Context, q: str) -> Sequence[Hit]:
    from marketry_users.customer_lists import search_hits

    return search_hits(ctx, q)


@hookimpl
def export_subject(ctx: Context, who: str) -> Mapping[str, Any]:
    from marketry_users.privacy import export_subject as export

    return export(ctx, who)


@hookimpl
def erase_subject(ctx: Context, who: str) -> int:
    from marketry_users.privacy import erase_subject as erase

    return erase(ctx, who)

"""Changing a password: with the one that holds, or by a link that was mailed. Either way all other sessions end."""

from marketry import Context
from marketry.problems import Problem, Refused
from marketry.web.sessions import end_other_sessions, end_sessions_of
from marketry_users.customers import by_email, existing
from marketry_users.domain.emails import normal
from marketry_users.links import customer_behind, issue_link, use_link, void_links
from marketry_users.models import Customer
from marketry_users.tokens import new_id


def ask_for_reset(ctx: Context, typed: str) -> None:
    """Have a link mailed to the address that is stored, if there is one. The same work for all. Inside `ctx.writing()`."""
    try:
        email = normal(typed)
    except ValueError:
        email = ""
    ctx.enqueue("users.mail_reset", {"email": email, "locale": ctx.locale}, key=f"users.reset:{new_id()}")


def reset_link(ctx: Context, email: str) -> tuple[Customer, str] | None:
    """The customer with this address and a fresh token; None where there is no such account, or staff have blocked it."""
    customer = by_email(ctx, email) if email else None
    if customer is None or customer.blocked_at is not None:
        return None
    return customer, issue_link(ctx, customer.id, "reset")


def customer_of_reset(ctx: Context, token: str) -> Customer | None:
    """Whose password the link would set."""
    customer = customer_behind(ctx, token, "reset")
    return ctx.session.get(Customer, customer) if customer else None


def reset_password(ctx: Context, token: str, password: str) -> Customer:
    """Use the link up and set the password (its hash); 410 where it doesn't work any more. Inside `ctx.writing()`.

    Whoever was signed in, on whatever device, no longer is.
    """
    used = use_link(ctx, token, "reset")
    if used is None:
        raise gone(ctx)
    customer = existing(ctx, used[0])
    _set(ctx, customer, password)
    end_sessions_of(ctx, "customer", customer.id)
    return customer


def change_password(ctx: Context, customer: Customer, password: str) -> None:
    """Set the password (its hash); every session but the one that acts ends. Inside `ctx.writing()`."""
    _set(ctx, customer, password)
    end_other_sessions(ctx, "customer", customer.id)


def _set(ctx: Context, customer: Customer, password: str) -> None:
    customer.password, customer.password_at = password, ctx.now()
    ctx.session.flush()
    void_links(ctx, customer.id)
    ctx.mail.queue(
        ctx, to=customer.email, template="users/mail/password_changed", values={"at": ctx.now()},
        key=f"users.password:{customer.id}:{ctx.now().isoformat()}", locale=customer.locale,
    )  # fmt: skip


def gone(ctx: Context) -> Refused:
    message = ctx.gettext("This link doesn't work any more. Links work once, and not for long: ask for a new one.")
    return Refused(Problem("link_expired", message, "token", status=410))

"""Changing the address of an account: asked with the password, done by the link that went to the new address."""

from sqlalchemy.exc import IntegrityError

from marketry import Context
from marketry.hookspecs import people
from marketry.problems import Problem, Refused
from marketry.web.sessions import end_other_sessions
from marketry_users.customers import by_email, existing, person
from marketry_users.links import use_link, void_links
from marketry_users.models import Customer
from marketry_users.newsletter import take_over
from marketry_users.passwords import gone
from marketry_users.tokens import new_id


def ask_for_new_email(ctx: Context, customer: Customer, email: str) -> None:
    """Have a link mailed to the new address (normal), and word of it to the old one. The answer is the same where the new one has
    an account; its owner is told. Inside `ctx.writing()`."""
    if email == customer.email:
        raise Refused(Problem("same_email", ctx.gettext("This is your address already."), "email"))
    payload = {"customer": customer.id, "email": email, "locale": ctx.locale}
    ctx.enqueue("users.mail_new_email", payload, key=f"users.email:{new_id()}")


def confirm_new_email(ctx: Context, token: str) -> Customer:
    """Use the link up: the account has the new address from now on, other sessions end, the old address is told.

    410 where the link doesn't work any more, or somebody else has the address by now. Inside `ctx.writing()`.
    """
    used = use_link(ctx, token, "change_email")
    if used is None:
        raise gone(ctx)
    customer, email = existing(ctx, used[0]), used[1]
    old = customer.email
    if customer.blocked_at is not None:
        raise gone(ctx)
    if by_email(ctx, email) is not None or not _take(ctx, customer, email):
        raise gone(ctx)
    void_links(ctx, customer.id)
    end_other_sessions(ctx, "customer", customer.id)
    take_over(ctx, customer)
    ctx.hooks.each(people.customer_verified, ctx, person(ctx, customer))
    ctx.mail.queue(
        ctx, to=old, template="users/mail/email_changed", values={"email": email}, key=f"users.changed:{new_id()}",
        locale=customer.locale,
    )  # fmt: skip
    return customer


def _take(ctx: Context, customer: Customer, email: str) -> bool:
    try:
        with ctx.session.begin_nested():
            customer.email, customer.verified_at = email, ctx.now()
    except IntegrityError:
        return False
    return True

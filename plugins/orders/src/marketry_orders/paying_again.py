"""Another attempt for an order whose payment failed: the buyer chooses anew, the order stays the same."""

from marketry import Context, Money
from marketry.commerce.payment import ProviderKind
from marketry.problems import conflict, invalid
from marketry_orders.authorising import attempt_for, authorise
from marketry_orders.books import Books, books_of
from marketry_orders.domain.ledger import OPEN_STATES
from marketry_orders.domain.states import Status
from marketry_orders.initiating import INITIATE_JOB, JOB_DELAY_SECONDS, initiate_order
from marketry_orders.locking import lock_order
from marketry_orders.models import Order
from marketry_orders.order_quote import quote_of
from marketry_orders.order_rows import Attempt, insert_payment
from marketry_orders.order_view import OrderView, find_order, view_order
from marketry_orders.payment_choices import Share, fee_of, providers
from marketry_orders.quoting import priced_in
from marketry_orders.reinstating import secure_stock
from marketry_orders.settling import settle
from marketry_orders.standing import update_standing
from marketry_orders.wallet import Wish, choosable, objection_to


def open_amount(order: Order, books: Books) -> int:
    """Minor units that no attempt brings or holds; nothing while one is still under way or in review."""
    if order.status != Status.PLACED or any(b.ledger.state in OPEN_STATES or not b.trusted for b in books.books):
        return 0
    return max(0, books.balance.due - sum(b.capturable for b in books.books))


def ways_to_pay(ctx: Context, view: OrderView) -> list[tuple[str, str]]:
    """(code, label) of what suits the order; what its customer, who acts, has saved comes first, as `code:instrument`. One with
    a fee of its own is left out: the total was agreed upon. In a session."""
    quote, local = quote_of(view), priced_in(ctx, view.order.currency, view.order.country)
    suited = [a.value for a in providers(ctx).values() if a.value.offered(local, quote) is None]
    charged = {a.code for a in view.adjustments if a.stage == 60}
    free = [p for p in suited if p.code in charged or fee_of(local, p, quote) is None]
    saved = [(f"{one.provider}:{one.id}", one.label) for one in choosable(ctx, view.order.customer, free)]
    return [*saved, *((p.code, p.label(local)) for p in free)]


def pay_again(ctx: Context, number: str, way: str) -> None:
    """Start another attempt over what is open, by one of `ways_to_pay`. Refuses (409) while another one is under way or when the
    goods are gone, 422 what isn't offered."""
    code, _, instrument = way.partition(":")
    with ctx.writing() as session:
        order = lock_order(ctx, number)
        books = books_of(ctx, order)
        amount = open_amount(order, books)
        if not amount:
            raise conflict("nothing_to_pay", ctx.gettext("There is nothing to pay for this order now."), "payment")
        view = view_order(ctx, find_order(ctx, number))
        if code not in dict(ways_to_pay(ctx, view)):
            message = ctx.gettext("There is no such way to pay here. Choose another one.")
            raise invalid("payment_method_unknown", message, "payment")
        wish = Wish(instrument=instrument or None)
        problem = objection_to(ctx, order.customer, providers(ctx)[code].value, wish)
        if problem:
            raise invalid(problem.code, problem.message, "payment")
        attempt = _attempt(priced_in(ctx, order.currency, order.country), view, code, amount, wish)
        if attempt.provider.kind is not ProviderKind.REMOTE:
            _keep_goods(ctx, order)
        insert_payment(session, order.id, len(books.books), attempt, ctx.now())
        if attempt.snapshot and attempt.snapshot.entries:
            settle(ctx, attempt.charge.key, attempt.snapshot)
        elif attempt.provider.kind is ProviderKind.REMOTE:
            key = attempt.charge.key
            ctx.enqueue(INITIATE_JOB, {"payment": key}, key=f"initiate:{key}", delay=JOB_DELAY_SECONDS)
        update_standing(ctx, order)
    initiate_order(ctx, number)


def _keep_goods(ctx: Context, order: Order) -> None:
    """The order was placed to be paid within the hour, and its goods wait no longer; a transfer takes days."""
    if not secure_stock(ctx, order):
        message = ctx.gettext("Some of these goods have been sold meanwhile. Please order again.")
        raise conflict("out_of_stock", message, "payment")


def _attempt(ctx: Context, view: OrderView, code: str, amount: int, wish: Wish) -> Attempt:
    known, order = providers(ctx)[code], view.order
    share = Share(known.value, known.plugin, Money(amount, order.currency), wish)
    return authorise(ctx, [attempt_for(ctx, share, order.number, quote_of(view).cart)])[0]

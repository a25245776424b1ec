"""What other plugins hear of customers, what they add to the account, and what is held of a person."""

from typing import Any

from starlette.responses import Response

from marketry import Context, Plugin
from marketry.commerce.addresses import Address
from marketry.commerce.events import CustomerRegistered
from marketry.commerce.people import AccountLink, Customer, CustomerBook
from marketry.jobs.values import Subscriber
from marketry.privacy import erase_person, export_person
from marketry.problems import invalid
from marketry.testing import inline_plugin
from marketry.web import Ctx, Router, customers_only
from marketry.web.values import Actor, ActorKind, Card
from marketry_users.unsubscribing import unsubscribe_link

from .conftest import ADA, PASSWORD

HOME = Address(name="Ada", line1="1 Loom St", city="Springfield", region="IL", postal_code="62701", country="US")


class Listener:
    """A plugin that keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.refuses = False

    def installed(self) -> Any:
        def customer_arriving(ctx: Context, customer: Customer, response: Response) -> None:
            assert ctx.in_transaction
            if self.refuses:
                raise invalid("not_now", "Not now.")
            response.set_cookie("brought", "along")
            self.heard.append(f"arriving {customer.email}")

        def customer_verified(ctx: Context, customer: Customer) -> None:
            assert ctx.in_transaction
            self.heard.append(f"verified {customer.email}")

        def registered(ctx: Context, event: CustomerRegistered) -> None:
            book = ctx.service(CustomerBook)
            assert book
            found = book.customer(ctx, event.customer)
            assert found
            self.heard.append(f"registered {found.email}")

        def account_links(ctx: Context) -> list[AccountLink]:
            return [AccountLink("Letters", "/account/letters", "mail", 10, lambda ctx: 3)]

        def account_cards(ctx: Context) -> list[Card]:
            return [Card("Letters", "listener/missing.html", {}, "")]

        router = Router(private=True)

        @router.get("/account/letters")
        @customers_only
        def letters(ctx: Ctx) -> Response:
            return Response(f"letters of {ctx.actor.id.partition(':')[0]}")

        return inline_plugin(
            Plugin(id="listener", title="Listener"),
            customer_arriving=customer_arriving,
            customer_verified=customer_verified,
            account_links=account_links,
            account_cards=account_cards,
            subscribe=lambda: [Subscriber("heard", CustomerRegistered, registered)],
            routes=lambda area: [router] if area == "shop" else [],
        )


def test_plugins_hear_of_each_moment_once_and_in_this_order(open_shop: Any) -> None:
    listener = Listener()
    shop = open_shop(extra=[listener.installed()])
    ada = shop.register()
    shop.work()
    assert listener.heard == [f"verified {ADA}", f"arriving {ADA}", f"registered {ADA}"]
    assert ada.client.cookies["brought"] == "along"
    shop.browser().sign_in()
    token = shop.browser().client.post("/api/v1/sessions", json={"email": ADA, "password": PASSWORD})
    assert token.cookies["brought"] == "along"
    assert listener.heard[3:] == [f"arriving {ADA}"] * 2


def test_a_plugin_that_refuses_keeps_the_customer_out_and_nothing_is_kept(open_shop: Any) -> None:
    listener = Listener()
    shop = open_shop(extra=[listener.installed()])
    listener.refuses = True
    browser = shop.browser()
    browser.post("/account/register", email=ADA, password=PASSWORD)
    link, token = shop.link(ADA, "verify"), shop.token(ADA, "verify")
    assert browser.post(link, to="/account/verify", token=token).status_code == 422
    assert (shop.count("users_customer"), shop.count("kernel_session"), shop.count("users_registration")) == (0, 0, 1)
    listener.refuses = False
    assert browser.post(link, to="/account/verify", token=token).url.path == "/account"


def test_the_navigation_and_the_first_page_show_what_plugins_add_and_go_without_what_fails(open_shop: Any) -> None:
    shop = open_shop(extra=[Listener().installed()])
    ada = shop.register()
    page = ada.get("/account").text
    order = [page.index(text) for text in ("Overview", "Letters", "Addresses", "Your details", "Security", "Your data")]
    assert order == sorted(order)
    assert '<span class="account__badge">3</span>' in page
    assert page.count("Letters") == 1  # the card that can't be drawn is left out
    assert ada.get("/account/letters").text == "letters of customer"


def test_pages_for_customers_lead_others_to_sign_in_and_are_not_there_without_accounts(make_site: Any) -> None:
    from marketry.testing.clients import visitor_of

    with_accounts = visitor_of(make_site("backoffice", "users", name="one", extra=[Listener().installed()]))
    led = with_accounts.get("/zh/account/letters?x=1", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, "/zh/account/sign-in?next=/account/letters%3Fx%3D1")
    json = with_accounts.get("/account/letters", headers={"Accept": "application/json"})
    assert (json.status_code, json.json()["code"]) == (401, "sign_in_required")
    without = visitor_of(make_site("backoffice", name="two", extra=[Listener().installed()]))
    assert without.get("/account/letters").status_code == 404


def test_the_book_finds_people_and_keeps_an_address_once(open_shop: Any, database: str) -> None:
    shop = open_shop()
    shop.register()
    ctx = shop.runtime.context()
    book = ctx.service(CustomerBook)
    ada = book.by_email(ctx, "ADA@example.com")
    assert (ada.email, ada.name, ada.verified, ada.marketing, ada.groups) == (ADA, "Ada", True, False, frozenset())
    assert book.customer(ctx, ada.id) == ada
    assert (book.customer(ctx, "customer:nobody"), book.by_email(ctx, "no address")) == (None, None)
    for uses in ((), (), ("billing",)):
        book.keep_address(ctx, ada.id, HOME, default_for=uses)
    book.keep_address(ctx, ada.id, Address(**{**HOME.as_dict(), "line1": "2 Mill Rd"}), default_for=("shipping",))
    kept = book.addresses(ctx, ada.id)
    assert [(one.address.line1, one.default_shipping, one.default_billing) for one in kept] == [
        ("2 Mill Rd", True, False),
        ("1 Loom St", False, True),
    ]
    book.keep_address(ctx, "customer:nobody", HOME)
    assert shop.count("users_address") == 2


def test_an_export_holds_all_and_an_erasure_leaves_nothing_but_the_fact(open_shop: Any, database: str) -> None:
    shop = open_shop()
    ada = shop.register(marketing="1")
    shop.register("grace@example.com", name="Grace")
    ctx = shop.runtime.context()
    with ctx.writing():
        ctx.service(CustomerBook).keep_address(ctx, ctx.service(CustomerBook).by_email(ctx, ADA).id, HOME)
    with ctx.reading():
        held = export_person(ctx, ADA)
    account = held["users"]["account"]
    assert (account["email"], account["addresses"][0]["line1"], len(account["sessions"])) == (ADA, "1 Loom St", 1)
    assert [(one["given"], one["source"]) for one in account["consents"]] == [(True, "registration")]
    assert "password" not in str(account)
    for _ in range(2):  # repeated without harm
        with ctx.writing():
            erase_person(ctx, "Ada@Example.com")
    with ctx.reading():
        assert export_person(ctx, ADA) == {}
    assert not ada.signed_in
    assert [row.email for row in shop.rows("SELECT email FROM users_customer")] == ["grace@example.com"]
    for table in ("users_address", "users_consent", "users_registration", "kernel_mail", "kernel_audit"):
        assert ADA not in str(shop.rows(f"SELECT * FROM {table}")), table


def test_who_deletes_their_own_account_leaves_no_name_in_the_audit_trail(open_shop: Any, database: str) -> None:
    shop = open_shop()
    shop.register(name="Ada Lovelace")
    ada = shop.runtime.context()
    customer = ada.service(CustomerBook).by_email(ada, ADA).id
    ctx = shop.runtime.context(actor=Actor(ActorKind.CUSTOMER, customer, name="Ada Lovelace"))
    with ctx.writing():
        erase_person(ctx, ADA)
    entries = shop.rows("SELECT action, actor, actor_name FROM kernel_audit WHERE action = 'kernel.person.erase'")
    assert [tuple(one) for one in entries] == [("kernel.person.erase", customer, "")]


def test_news_are_stopped_by_one_click_of_a_mail_program_and_by_a_person(shop: Any) -> None:
    shop.register(marketing="1")
    ctx = shop.runtime.context()
    (row,) = shop.rows("SELECT id, marketing, marketing_source FROM users_customer")
    assert (row.marketing, row.marketing_source) == (1, "registration")
    link = unsubscribe_link(ctx, row.id).partition("testserver")[2]
    person = shop.browser()
    assert "No more news" in person.get(link).text
    program = shop.browser().client
    program.headers.pop("Origin")
    assert program.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert program.post(link + "x").status_code == 404
    consents = shop.rows("SELECT given, source FROM users_consent ORDER BY id")
    assert [(bool(one.given), one.source) for one in consents] == [(True, "registration"), (False, "mail")]
    assert shop.rows("SELECT marketing FROM users_customer")[0].marketing == 0

"""Cards that customers save: ticked at the checkout, listed in the account, chosen the next time, removed and erased."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from plugins.orders.tests.front_pages.test_checkout_pages import address, send
from tests.payments.vault_shop import OTHER, PROOF, VaultShop, vault_shop

from marketry.commerce.payment import Notice, PaymentDesk
from marketry.jobs.running import run_pending
from marketry.privacy import erase_person, export_person
from marketry.testing.plugin import DATABASES
from marketry_orders.cancelling import cancel_order
from marketry_orders.forgetting import forget
from marketry_orders.models import SavedMeans


@pytest.fixture(scope="module", params=DATABASES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VaultShop]:
    with vault_shop(tmp_path_factory.mktemp("vault"), request.param) as made:
        yield made


def to_payment(shop: VaultShop, client: Any) -> Any:
    """The checkout's third step, by plain forms."""
    client.post("/cart/lines", data={"sku": "TEA", "quantity": "1"})
    step = send(client, client.get("/checkout"), "/checkout/address", email="ada@example.com", **address("shipping"))
    assert step.url.path == "/checkout/payment", step.text
    return step


def place(client: Any, step: Any, **fields: str) -> str:
    """Choose and place by plain forms; where the buyer is sent."""
    review = send(client, step, "/checkout/payment", **fields)
    assert review.url.path == "/checkout/review", review.text
    agreed = re.search(r'name="agreed" value="([^"]+)"', review.text)
    token = re.search(r'name="csrf_token" value="([^"]+)"', review.text)
    assert agreed
    form = {"agreed": agreed[1], **({"csrf_token": token[1]} if token else {})}
    return str(client.post("/checkout/place", data=form, follow_redirects=False).headers["location"])


def test_a_card_is_saved_where_the_box_is_ticked_and_chosen_the_next_time(shop: VaultShop) -> None:
    name = shop.somebody()
    client = shop.client(name)
    step = to_payment(shop, client)
    assert re.search(r'name="save"[^>]*>', step.text)[0].count("checked") == 0  # type: ignore[index]
    assert "No card saved yet" in client.get("/account/cards").text
    shop.pays({"payment": {"action": {"url": place(client, step, payment="stripe", save="1")}}})
    (card,) = shop.cards(name)
    assert (card["code"], card["label"], card["expires"], card["usable"]) == ("stripe", "Visa •••• 4242", "2034-12", True)
    page = client.get("/account/cards").text
    assert "Visa •••• 4242" in page
    assert "12/2034" in page
    # the next time: it stands first, one click pays, and nobody is sent anywhere
    step = to_payment(shop, client)
    assert re.search(rf'value="stripe:{card["id"]}"[^>]* checked', step.text)
    location = place(client, step, payment=f"stripe:{card['id']}")
    number = location.rpartition("/")[2]
    assert location.startswith("/orders/")
    assert (shop.status(number), shop.ledger(number)) == ("paid", [("capture", "succeeded", 1999, "USD")])
    assert shop.at_stripe(number) == [("succeeded", 1999, 0)]


def test_a_card_isnt_saved_where_nobody_asked_for_it(shop: VaultShop) -> None:
    name = shop.somebody()
    before = shop.attached()
    shop.pays(shop.ordered(name))
    assert shop.cards(name) == []
    assert shop.attached() == before


def test_guests_arent_offered_to_save(shop: VaultShop) -> None:
    assert 'name="save"' not in to_payment(shop, shop.client("")).text
    buyer = shop.buyer("").ready("TEA", payment="")
    refused = buyer.put("payment-method", {"code": "stripe", "save": True})
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "not_saveable", "save")
    offered = buyer.call("GET", "/payment-methods").json()
    assert {(one["code"], one["can_be_saved"], tuple(one["instruments"])) for one in offered} >= {("stripe", False, ())}


def test_a_card_that_wants_proof_sends_its_owner_to_the_bank(shop: VaultShop) -> None:
    name = shop.somebody()
    shop.saves(name, PROOF)
    (card,) = shop.cards(name)
    told = shop.ordered(name, instrument=card["id"])
    number, action = told["order"]["number"], told["payment"]["action"]
    assert (told["payment"]["state"], action["kind"]) == ("requires_action", "redirect")
    assert action["url"].startswith(f"{shop.twin.url}/c/challenge/")
    assert shop.ledger(number) == []
    shop.proves(action["url"])
    assert (shop.status(number), shop.ledger(number)) == ("paid", [("capture", "succeeded", 1999, "USD")])
    # who can't prove it hasn't paid, and may choose anew
    told = shop.ordered(name, instrument=card["id"])
    shop.proves(told["payment"]["action"]["url"], "fail")
    assert (shop.status(told["order"]["number"]), shop.ledger(told["order"]["number"])) == ("none", [])


def test_a_saved_card_that_is_declined_leaves_the_other_ways_open(shop: VaultShop) -> None:
    name = shop.somebody()
    shop.saves(name)
    (card,) = shop.cards(name)
    shop.twin.reissue(shop.token_of(card["id"]).partition(":")[2], "4000000000009995")
    told = shop.ordered(name, instrument=card["id"])
    assert told["payment"]["state"] == "failed"
    client = shop.client(name)
    page = client.get(f"/account/orders/{told['order']['number']}")
    assert "Your card has insufficient funds." in page.text
    assert f'value="stripe:{card["id"]}"' in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    form = {"payment": "stripe", **({"csrf_token": token[1]} if token else {})}
    other = client.post(f"/orders/{told['order']['number']}/payments", data=form, follow_redirects=False)
    assert other.headers["location"].startswith(f"{shop.twin.url}/c/pay/")


def test_anothers_card_is_neither_seen_nor_used_nor_removed(shop: VaultShop) -> None:
    owner, other = shop.somebody(), shop.somebody()
    shop.saves(owner)
    (card,) = shop.cards(owner)
    assert shop.cards(other) == []
    for who in (other, ""):
        buyer = shop.buyer(who).ready("TEA", payment="")
        refused = buyer.put("payment-method", {"code": "stripe", "instrument": card["id"]})
        assert (refused.status_code, refused.json()["code"]) == (422, "instrument_unknown")
    assert "4242" not in shop.client(other).get("/account/cards").text
    headers = {"Authorization": f"Bearer {other}"}
    assert shop.buyer(other).client.delete(f"/api/v1/customer/instruments/{card['id']}", headers=headers).status_code == 404
    assert [one["id"] for one in shop.cards(owner)] == [card["id"]]


def test_whoever_holds_a_carts_token_alone_cant_pay_with_its_owners_card(shop: VaultShop) -> None:
    name = shop.somebody()
    shop.saves(name)
    (card,) = shop.cards(name)
    buyer = shop.buyer(name).ready("TEA", payment="")
    assert buyer.put("payment-method", {"code": "stripe", "instrument": card["id"]}).status_code == 200
    thief = shop.buyer("")
    thief.cart, thief.token, thief.headers = buyer.cart, buyer.token, buyer.headers
    refused = thief.complete()
    assert (refused.status_code, refused.json()["code"]) == (422, "instrument_unknown")
    assert buyer.complete().status_code == 201


def test_the_same_card_saved_twice_is_listed_once_and_another_beside_it(shop: VaultShop) -> None:
    name = shop.somebody()
    shop.saves(name)
    (first,) = shop.cards(name)
    old = shop.token_of(first["id"])
    shop.saves(name)
    (again,) = shop.cards(name)
    new = shop.token_of(again["id"])
    assert new.partition(":")[0] == old.partition(":")[0]  # one customer at Stripe, not two
    assert old.partition(":")[2] not in shop.attached()
    assert new.partition(":")[2] in shop.attached()
    shop.saves(name, OTHER)
    assert [one["label"] for one in shop.cards(name)] == ["Mastercard •••• 4444", "Visa •••• 4242"]
    shop.ordered(name, instrument=again["id"])  # the one that was used last stands first
    assert [one["label"] for one in shop.cards(name)] == ["Visa •••• 4242", "Mastercard •••• 4444"]


def test_a_removed_card_is_detached_at_stripe(shop: VaultShop) -> None:
    name = shop.somebody()
    shop.saves(name)
    (card,) = shop.cards(name)
    method = shop.token_of(card["id"]).partition(":")[2]
    client = shop.client(name)
    page = send(client, client.get("/account/cards"), f"/account/cards/{card['id']}/remove")
    assert "No card saved yet" in page.text
    assert method not in shop.attached()
    run_pending(shop.runtime)  # the job behind finds it done
    assert shop.rows("SELECT 1 FROM orders_saved_means WHERE id = :id", id=card["id"]) == []


def test_a_card_is_forgotten_though_stripe_cant_be_reached_now(shop: VaultShop) -> None:
    name = shop.somebody()
    shop.saves(name)
    (card,) = shop.cards(name)
    method = shop.token_of(card["id"]).partition(":")[2]
    shop.twin.fault("reset", 9, path="/v1/payment_methods")
    headers = {"Authorization": f"Bearer {name}"}
    assert shop.buyer(name).client.delete(f"/api/v1/customer/instruments/{card['id']}", headers=headers).status_code == 204
    assert shop.cards(name) == []
    assert method in shop.attached()
    shop.twin.clear_faults()
    run_pending(shop.runtime)
    assert method not in shop.attached()


def test_erasing_a_person_forgets_their_cards_and_who_they_are_at_stripe(shop: VaultShop) -> None:
    name = shop.somebody()
    shop.saves(name)
    (card,) = shop.cards(name)
    customer, _, method = shop.token_of(card["id"]).partition(":")
    assert customer in {one["id"] for one in shop.twin.book.all("customer") if not one.get("deleted")}
    ctx, mail = shop.ctx(), f"{name}@example.com"
    with ctx.reading():
        assert [one["label"] for one in export_person(ctx, mail)["orders"]["cards"]] == ["Visa •••• 4242"]
    with ctx.writing():
        erase_person(ctx, mail)
    assert shop.rows("SELECT label FROM orders_saved_means WHERE customer = :who", who=f"customer:{name}") == []
    run_pending(shop.runtime)
    assert method not in shop.attached()
    assert customer not in {one["id"] for one in shop.twin.book.all("customer") if not one.get("deleted")}
    assert shop.rows("SELECT 1 FROM orders_saved_means WHERE id = :id", id=card["id"]) == []


def test_a_card_whose_last_month_is_over_isnt_offered(shop: VaultShop) -> None:
    name = shop.somebody()
    shop.saves(name)
    (card,) = shop.cards(name)
    with shop.runtime.database.writing() as session:
        session.get_one(SavedMeans, card["id"]).expires = "2020-01"
    assert [one["usable"] for one in shop.cards(name)] == [False]
    refused = shop.buyer(name).ready("TEA", payment="").put("payment-method", {"code": "stripe", "instrument": card["id"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "instrument_expired")


def test_money_for_an_order_that_ended_before_the_answer_came_goes_back(shop: VaultShop) -> None:
    """Both tries of the call charged the card and were never answered; the order was cancelled; then Stripe's notice comes."""
    name = shop.somebody()
    shop.saves(name)
    (card,) = shop.cards(name)
    shop.twin.fault("lost", 2, method="POST", path="/v1/payment_intents$")
    number = shop.ordered(name, instrument=card["id"])["order"]["number"]
    cancel_order(shop.ctx(), number, "Changed my mind")
    assert (shop.ledger(number), shop.at_stripe(number)) == ([], [("succeeded", 1999, 0)])
    (intent,) = [one["id"] for one in shop.twin.book.all("payment_intent") if one["metadata"].get("order") == number]
    ((payment,),) = shop.rows(
        "SELECT p.id FROM orders_payment p JOIN orders_order o ON o.id = p.order_id WHERE o.number = :n", n=number
    )
    ctx, hears = shop.ctx(), shop.ctx().service(PaymentDesk)
    with ctx.writing():
        hears.notice(ctx, "stripe", Notice(f"evt-{payment}", intent, payment, "payment_intent.succeeded"))
    run_pending(shop.runtime)
    assert shop.ledger(number) == [("capture", "succeeded", 1999, "USD"), ("refund", "succeeded", 1999, "USD")]
    assert shop.at_stripe(number) == [("succeeded", 1999, 1999)]


def test_a_card_that_was_saved_in_the_other_mode_is_neither_used_nor_said_to_be_gone(shop: VaultShop) -> None:
    """The shop's keys are of test mode; the card is noted as one of live mode, as after a change of keys."""
    name = shop.somebody()
    shop.saves(name)
    (card,) = shop.cards(name)
    assert shop.rows("SELECT live FROM orders_saved_means WHERE id = :id", id=card["id"]) == [(False,)]
    customer, _, method = shop.token_of(card["id"]).partition(":")
    with shop.runtime.database.writing() as session:
        session.get_one(SavedMeans, card["id"]).live = True
    assert [one["usable"] for one in shop.cards(name)] == [False]
    buyer = shop.buyer(name).ready("TEA", payment="")
    refused = buyer.put("payment-method", {"code": "stripe", "instrument": card["id"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "instrument_unknown")
    offered = {one["code"]: one["instruments"] for one in buyer.call("GET", "/payment-methods").json()}
    assert offered["stripe"] == []
    # another one can be saved beside it, under a customer of this mode
    shop.saves(name, OTHER)
    (new,) = [one for one in shop.cards(name) if one["usable"]]
    assert shop.token_of(new["id"]).partition(":")[0] != customer
    # and it is removed there once the keys fit again
    headers = {"Authorization": f"Bearer {name}"}
    assert shop.buyer(name).client.delete(f"/api/v1/customer/instruments/{card['id']}", headers=headers).status_code == 204
    run_pending(shop.runtime)
    assert [one["id"] for one in shop.cards(name)] == [new["id"]]
    assert method in shop.attached()
    with shop.runtime.database.writing() as session:
        session.get_one(SavedMeans, card["id"]).live = False
    forget(shop.ctx(), {"means": card["id"]})
    assert method not in shop.attached()
    assert shop.rows("SELECT 1 FROM orders_saved_means WHERE id = :id", id=card["id"]) == []

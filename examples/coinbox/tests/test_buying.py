"""Bought and paid: the buyer is sent to Coinbox, whose notice makes the shop ask, and the order is paid."""

import json

from marketry import Money, Plugin
from marketry.commerce.items import Item
from marketry.jobs.running import run_pending
from marketry.testing import inline_plugin
from marketry.testing.clients import client_of

MUG = Item("MUG", "Mug", price=Money(2800, "USD"), shippable=False)


def test_an_order_is_paid_once_coinbox_says_so_however_often_it_says_it(make_site, server, settings):
    goods = inline_plugin(Plugin("goods", "Goods"), resolve_items=lambda ctx, skus: {"MUG": MUG} if "MUG" in skus else {})
    shop = make_site("orders", "coinbox", extra=[goods], more=settings)
    client = client_of(shop)
    cart = client.post("/api/v1/carts").json()
    path, headers = f"/api/v1/carts/{cart['id']}", {"X-Cart-Token": cart["token"], "Idempotency-Key": cart["id"]}
    for method, what, body in (
        ("POST", "lines", {"sku": "MUG"}),
        ("PUT", "email", {"email": "ada@example.com"}),
        ("PUT", "payment-method", {"code": "coinbox"}),
    ):
        assert client.request(method, f"{path}/{what}", json=body, headers=headers).status_code in (200, 201)
    told = client.post(f"{path}/complete", headers=headers).json()
    assert told["payment"]["action"]["url"] == f"{server.url}/pay/pay_1"

    server.book["pay_1"]["status"] = "paid"
    body = json.dumps({"event": "ev_1", "payment": "pay_1", "reference": server.book["pay_1"]["reference"], "status": "paid"})
    true = server.signature(body.encode())
    for signed, status in ((true, 200), (true, 200), ("0" * 64, 400)):
        assert client.post("/hooks/coinbox", content=body, headers={"Coinbox-Signature": signed}).status_code == status
    run_pending(shop)
    order = client.get(f"/api/v1/orders/{told['order']['number']}", headers={"X-Order-Token": told["order"]["token"]}).json()
    assert (order["payment_status"], order["payments"][0]["state"]) == ("paid", "captured")

"""A twin that is started again knows what was asked, paid and given back before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gateways.tests.alipay.merchant import Merchant
from marketry_gateways.alipay import AlipayTwin
from marketry_gateways.alipay.refusals import Refusal


def book(twin: AlipayTwin) -> Any:
    return twin.book.as_json()


def twin_at(path: Path) -> AlipayTwin:
    return AlipayTwin(path=path / "book.json")


def test_everything_is_there_again_as_it_was(tmp_path: Path) -> None:
    with twin_at(tmp_path) as twin:
        merchant = Merchant(twin)
        for number in ("paid1", "open1", "closed1", "unopened1"):
            merchant.open(number, return_url="https://shop.example/return")
        twin.controls.pay("paid1")
        twin.controls.sign_in("open1")
        twin.controls.sign_in("closed1")
        merchant.call("alipay.trade.close", {"out_trade_no": "closed1"})
        merchant.refund("paid1", "3.33", "r1")
        twin.controls.pend_refunds()
        merchant.refund("paid1", "4.44", "r2")
        merchant.browser.close()
        before = book(twin)
        assert [trade["status"] for trade in before["trades"]] == ["TRADE_SUCCESS", "WAIT_BUYER_PAY", "TRADE_CLOSED"]
    with twin_at(tmp_path) as twin:
        assert book(twin) == before
        twin.controls.settle_refund("paid1", "r2")
        twin.controls.pay("open1")
        twin.controls.pay("unopened1")
        with pytest.raises(Refusal):
            twin.controls.pay("closed1")
        after = book(twin)
        assert (after["paid_amount"], after["refunded_amount"]) == ("266.64", "7.77")
    with twin_at(tmp_path) as twin:
        assert book(twin) == after
    assert (tmp_path / "book.json").stat().st_mode & 0o077 == 0


def test_without_a_file_a_twin_begins_anew(tmp_path: Path) -> None:
    with AlipayTwin() as twin:
        assert book(twin)["trades"] == []
    assert list(tmp_path.iterdir()) == []

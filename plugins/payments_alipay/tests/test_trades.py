"""What is asked, and what answers mean."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from marketry.commerce.money import Money
from marketry.commerce.payment import AttemptState, Charge, Entry, Phase, Settled, TransactionKind
from marketry_payments_alipay.amounts import amount_of, text_of
from marketry_payments_alipay.bills import rows_of
from marketry_payments_alipay.notices import fields_of
from marketry_payments_alipay.trades import key_of, number_of, order_of, refund_of, snapshot_of

UNTIL = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
CHARGE = Charge("attempt1", "7KD2", Money(8888, "CNY"), "alipay", cancel_url="https://s/o", description="Order = 7/K & D2")
ANSWER = {
    "out_trade_no": number_of("attempt1"),
    "trade_no": "2026112322001",
    "total_amount": "88.88",
    "trade_status": "TRADE_SUCCESS",
}
TAKEN = Entry(TransactionKind.CAPTURE, Phase.SUCCEEDED, Money(8888, "CNY"), "2026112322001")


@pytest.mark.parametrize(("minor", "text"), [(8888, "88.88"), (1, "0.01"), (100, "1.00"), (12_345_678_905, "123456789.05")])
def test_amounts_are_exact_texts(minor: int, text: str) -> None:
    assert text_of(Money(minor, "CNY")) == text
    assert amount_of(text) == Money(minor, "CNY")


@pytest.mark.parametrize("text", ["", "1.005", "1e3", "-1", "1,00", "٣", "88.88 ", "NaN", ".5"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        amount_of(text)


def test_other_currencies_are_refused() -> None:
    with pytest.raises(ValueError, match="not USD"):
        text_of(Money(100, "USD"))


def test_numbers_are_letters_and_digits_whatever_the_key() -> None:
    number = number_of("daC9P-I9V6l0CQ9Cf6Ekjw")
    assert number.isalnum()
    assert len(number) <= 64
    assert key_of(number) == "daC9P-I9V6l0CQ9Cf6Ekjw"


def test_what_is_asked_to_pay() -> None:
    assert order_of(CHARGE, "page", UNTIL) == {
        "out_trade_no": "617474656d707431", "total_amount": "88.88", "subject": "Order   7 K   D2",
        "product_code": "FAST_INSTANT_TRADE_PAY", "time_expire": "2026-11-24 01:00:00",
    }  # fmt: skip
    assert order_of(CHARGE, "phone", UNTIL)["quit_url"] == "https://s/o"
    assert "quit_url" not in order_of(CHARGE, "qr", UNTIL)


@pytest.mark.parametrize(
    ("change", "state", "entries"),
    [
        ({}, AttemptState.CAPTURED, (TAKEN,)),
        ({"trade_status": "TRADE_FINISHED"}, AttemptState.CAPTURED, (TAKEN,)),
        ({"trade_status": "WAIT_BUYER_PAY"}, AttemptState.REQUIRES_ACTION, ()),
        ({"trade_status": "TRADE_CLOSED"}, AttemptState.EXPIRED, ()),
        # Wholly refunded: closed as well, but it was paid.
        ({"trade_status": "TRADE_CLOSED", "send_pay_date": "2026-11-23 10:00:00"}, AttemptState.CAPTURED, (TAKEN,)),
    ],
)
def test_what_a_query_means(change: dict[str, str], state: AttemptState, entries: tuple[Entry, ...]) -> None:
    found = snapshot_of({**ANSWER, **change}, CHARGE, "2021", False)
    assert (found.state, found.entries, found.account, found.live) == (state, entries, "2021", False)


def test_another_amount_is_told_as_it_is() -> None:
    """The ledger compares it with what was asked."""
    (entry,) = snapshot_of({**ANSWER, "total_amount": "0.01"}, CHARGE, "2021", False).entries
    assert entry.amount == Money(1, "CNY")


def test_an_answer_about_another_trade_is_refused() -> None:
    with pytest.raises(ValueError, match="answered about other"):
        snapshot_of({**ANSWER, "out_trade_no": "other"}, CHARGE, "2021", False)


def test_a_refund_is_done_when_its_query_says_so() -> None:
    told = {"out_request_no": "r1", "refund_amount": "3.33"}
    done = Entry(TransactionKind.REFUND, Phase.SUCCEEDED, Money(333, "CNY"), "r1", key="r1")
    assert refund_of({**told, "refund_status": "REFUND_SUCCESS"}, "r1") == refund_of(told, "r1") == done
    assert refund_of({**told, "refund_status": "REFUND_PROCESSING"}, "r1") is None
    assert refund_of({"out_request_no": "r1"}, "r1") is None


def test_a_field_that_is_there_twice_is_refused() -> None:
    assert fields_of(b"a=1&b=&c=%E7%A2%97") == {"a": "1", "b": "", "c": "碗"}
    for body in (b"a=1&a=2", b"a=1&%61=2", b"a", b"a=%FF"):
        with pytest.raises(ValueError):
            fields_of(body)


BILL = """#支付宝业务明细查询
#账号：[20889012345678901156]
#-----------------------------------------业务明细列表----------------------------------------
支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,订单金额（元）,商家实收（元）,退款批次号/请求号,服务费（元）,备注
2026112322001\t,attempt1\t,交易\t,碗,2026-11-23 09:59:00,2026-11-23 10:00:00,88.88,88.88,\t,-0.53,
2026112322001\t,attempt1\t,退款\t,碗,2026-11-23 11:00:00,2026-11-23 11:00:01,-3.33,-3.33,r1\t,0.02,
#-----------------------------------------业务明细列表结束------------------------------------
"""


def test_a_days_bill_is_read() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("20889_20261123_业务明细.csv", BILL.encode("gbk"))
        archive.writestr("20889_20261123_业务明细(汇总).csv", "#汇总".encode("gbk"))
    at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert list(rows_of(packed.getvalue())) == [
        Settled("2026112322001", TransactionKind.CAPTURE, Money(8888, "CNY"), at),
        Settled("r1", TransactionKind.REFUND, Money(333, "CNY"), at.replace(hour=3, second=1)),
    ]
    assert list(rows_of(b"")) == []

"""The bill of a past day: a zip of two GBK files."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from gateways.tests.alipay.merchant import Merchant, refused

DOWNLOAD = "alipay.data.dataservice.bill.downloadurl.query"


def bill_of(merchant: Merchant, date: str) -> dict[str, str]:
    answer = merchant.call(DOWNLOAD, {"bill_type": "trade", "bill_date": date})
    archive = zipfile.ZipFile(io.BytesIO(merchant.browser.get(str(answer["bill_download_url"])).content))
    return {name.encode("cp437").decode("gbk"): archive.read(name).decode("gbk") for name in archive.namelist()}


def rows(text: str) -> list[dict[str, str]]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [{name: value.strip() for name, value in row.items()} for row in csv.DictReader(lines)]


def test_the_list_has_every_payment_and_refund_of_the_day_and_the_summary_their_sums(merchant: Merchant) -> None:
    merchant.buy("A1", "88.88", subject="青瓷杯, big")
    merchant.refund("A1", "3.33", "r1")
    merchant.sign_in(merchant.open("A2"))
    day = str(merchant.query("A1")["send_pay_date"])[:10]
    merchant.twin.controls.advance(86400)
    files = bill_of(merchant, day)
    stem = f"20887000000000000156_{day.replace('-', '')}"
    assert list(files) == [f"{stem}_业务明细.csv", f"{stem}_业务明细(汇总).csv"]
    listed = files[f"{stem}_业务明细.csv"]
    assert listed.splitlines()[0] == "#支付宝业务明细查询"
    paid, back = rows(listed)
    assert (paid["商户订单号"], paid["业务类型"], paid["订单金额（元）"], paid["服务费（元）"]) == (
        "A1",
        "交易",
        "88.88",
        "-0.53",
    )
    assert paid["商品名称"] == "青瓷杯  big"
    assert paid["支付宝交易号"] == merchant.query("A1")["trade_no"]
    assert (back["业务类型"], back["商家实收（元）"], back["退款批次号/请求号"]) == ("退款", "-3.33", "r1")
    assert "#交易合计：1笔，商家实收共88.88元，商家优惠共0.00元" in listed
    assert "#退款合计：1笔，商家实收退款共-3.33元，商家优惠退款共0.00元" in listed
    (total,) = rows(files[f"{stem}_业务明细(汇总).csv"])
    assert (total["交易订单总笔数"], total["退款订单总笔数"], total["实收净额（元）"]) == ("1", "1", "85.02")


def test_days_are_chinas(merchant: Merchant) -> None:
    now = merchant.twin.clock.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    merchant.twin.controls.advance((midnight - now).total_seconds() + 86400 + 3600)  # 01:00 tomorrow, yesterday evening in UTC
    merchant.buy("A1", "5.00")
    day = str(merchant.query("A1")["send_pay_date"])
    assert day[11:13] == "01"
    merchant.twin.controls.advance(86400)
    assert len(rows(next(iter(bill_of(merchant, day[:10]).values())))) == 1


def test_a_day_without_business_or_not_yet_over_has_no_bill(merchant: Merchant) -> None:
    merchant.buy("A1")
    today = str(merchant.query("A1")["send_pay_date"])[:10]

    def asked(date: str, kind: str = "trade") -> tuple[object, object]:
        return refused(merchant.call(DOWNLOAD, {"bill_type": kind, "bill_date": date}))

    assert asked(today) == ("40004", "ACQ.INVALID_PARAMETER")
    assert asked("2020-01-01") == ("40004", "isp.bill_not_exist")
    assert asked("2020-01-01", "guess") == ("40004", "ACQ.INVALID_PARAMETER")


@pytest.mark.parametrize("date", ["20200101", "2020-13-01", "2020-1-1", "", "2020/01/01"])
def test_a_date_that_is_none_is_refused(merchant: Merchant, date: str) -> None:
    answer = merchant.call(DOWNLOAD, {"bill_type": "trade", "bill_date": date})
    assert refused(answer) == ("40004", "ACQ.INVALID_PARAMETER")


def test_a_guessed_download_is_not_found(merchant: Merchant) -> None:
    assert merchant.browser.get("/bill/guess").status_code == 404

"""The bill of a day: a zip with a list of all trades and refunds, to compare with the ledger.

Source: https://opendocs.alipay.com/open/028woc (address of the bill), /204/106262 (its columns).
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from marketry import Context
from marketry.commerce.money import Money
from marketry.commerce.payment import Settled, TransactionKind
from marketry_payments_alipay.amounts import CURRENCY, amount_of
from marketry_payments_alipay.client import BEIJING, Client, Declined, Unavailable, from_beijing

NO_BILL = "isp.bill_not_exist"
READY_AFTER = timedelta(days=1, hours=12)  # from a day's beginning on; Alipay makes its bill the next morning
LARGEST = 50 * 1024 * 1024  # bytes
TRADE, KIND, DONE = "支付宝交易号", "业务类型", "完成时间"
AMOUNT, REQUEST = "订单金额（元）", "退款批次号/请求号"


def between(ctx: Context, client: Client, since: datetime, until: datetime) -> Sequence[Settled]:
    """Everything that was settled from `since` to before `until`, by the bills of days that are over in China. Unavailable while
    one may still come: a bill is there from the next morning on, and a day on which nothing happened has none."""
    start, found = _midnight(since), list[Settled]()
    while start < min(until, _midnight(ctx.now())):
        packed = download(ctx, client, start.date().isoformat())
        if not packed and ctx.now() < start + READY_AFTER:
            raise Unavailable(f"the bill of {start.date()} may still come")
        found += [row for row in rows_of(packed) if since <= row.at < until]
        start += timedelta(days=1)
    return found


def _midnight(at: datetime) -> datetime:
    """The beginning of its day in China."""
    return at.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)


def download(ctx: Context, client: Client, day: str) -> bytes:
    """The zip of `day` (2026-11-23), empty where there is no bill."""
    asked = {"bill_type": "trade", "bill_date": day}
    try:
        told = client.call(ctx, "alipay.data.dataservice.bill.downloadurl.query", asked)
    except Declined as declined:
        if declined.sub_code == NO_BILL:
            return b""
        raise
    answer = ctx.http.get(told["bill_download_url"], plugin="payments_alipay", seconds=60, largest=LARGEST)
    answer.raise_for_status()
    return answer.content


def rows_of(packed: bytes) -> Iterator[Settled]:
    """The rows of the list of single items in a bill; the zip's other file sums them up."""
    if not packed:
        return
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for entry in archive.infolist():
            name = entry.filename if entry.flag_bits & 0x800 else entry.filename.encode("cp437").decode("gbk", "replace")
            if "汇总" not in name:
                yield from _rows(archive.read(entry).decode("gbk"))


def _rows(text: str) -> Iterator[Settled]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for row in csv.DictReader(lines):
        told = {str(name).strip(): str(value or "").strip() for name, value in row.items()}
        refund = told[KIND] == "退款"
        amount = amount_of(told[AMOUNT].removeprefix("-"))
        kind = TransactionKind.REFUND if refund else TransactionKind.CAPTURE
        yield Settled(told[REQUEST] if refund else told[TRADE], kind, Money(amount.minor, CURRENCY), from_beijing(told[DONE]))

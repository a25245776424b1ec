"""The bill of a day or month: a zip of two GBK files, the list of what happened and its summary.

https://opendocs.alipay.com/apis/api_15/alipay.data.dataservice.bill.downloadurl.query

Lines that begin with `#` frame the list, numbers are followed by a tab, refunds are negative and carry their request number.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from marketry_gateways.alipay.amounts import write_amount
from marketry_gateways.alipay.book import Book
from marketry_gateways.alipay.clock import written
from marketry_gateways.alipay.trades import RefundState, Trade

LIST_HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)
SUMMARY_HEAD = (
    "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,"
    "服务费（元）,分润（元）,实收净额（元）"
)
FEE = Decimal("0.006")


@dataclass(frozen=True)
class Entry:
    """One line: a payment, or a refund (negative). `fee` is what Alipay keeps of a payment: 0.6 %, rounded half up."""

    trade: Trade
    at: datetime
    amount: Decimal
    request: str = ""

    @property
    def fee(self) -> Decimal:
        return Decimal(0) if self.request else -(self.amount * FEE).quantize(Decimal("0.01"), "ROUND_HALF_UP")

    def line(self) -> str:
        order, buyer = self.trade.order, self.trade.buyer
        kind = "退款" if self.request else "交易"
        amount = write_amount(self.amount)
        front = f"{self.trade.trade_no}\t,{order.out_trade_no}\t,{kind}\t,{_cell(order.subject)},{written(self.trade.created_at)}"
        rest = f"0.00,0.00,0.00,0.00,0.00,,0.00\t,0.00,{self.request}\t,{write_amount(self.fee)},0.00,{_cell(order.body)}"
        return f"{front},{written(self.at)},\t,\t,\t,\t,{buyer.name}\t,{amount},{amount},{rest}"


def _cell(text: str) -> str:
    """Bills don't quote: a comma or a line break would move the columns, so Alipay's are blanks."""
    return text.replace(",", " ").replace("\n", " ").replace("\t", " ")


def entries_of(book: Book, date: str) -> Sequence[Entry]:
    """What happened on a day (`2026-11-23`) or in a month (`2026-11`), China's time, in the order in which it did."""
    entries = []
    for trade in book.trades:
        if trade.paid_at:
            entries.append(Entry(trade, trade.paid_at, trade.total))
        entries += [
            Entry(trade, r.refunded_at, -r.amount, r.out_request_no)
            for r in trade.refunds
            if r.state is RefundState.SUCCESS and r.refunded_at
        ]
    return sorted((e for e in entries if written(e.at).startswith(date)), key=lambda entry: entry.at)


def bill(book: Book, seller_id: str, date: str, now: datetime) -> bytes:
    """The zip. Names and contents are GBK, as from Alipay; the names' encoding isn't marked."""
    entries = entries_of(book, date)
    account, day = f"{seller_id}0156", date.replace("-", "")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in (
            ("业务明细", _list(entries, account, date, now)),
            ("业务明细(汇总)", _summary(entries, account, date, now)),
        ):
            info = _GbkName(f"{account}_{day}_{name}.csv")
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, ("\r\n".join(lines) + "\r\n").encode("gbk", "replace"))
    return out.getvalue()


class _GbkName(zipfile.ZipInfo):
    """A member whose name is written in GBK without the UTF-8 flag, as Chinese Windows programs do."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def _frame(title: str, account: str, date: str) -> list[str]:
    start = datetime.strptime(date, "%Y-%m-%d" if len(date) == 10 else "%Y-%m")  # noqa: DTZ007 - printed as it is read
    end = start + timedelta(days=1) if len(date) == 10 else (start + timedelta(days=32)).replace(day=1)
    form = "%Y年%m月%d日 %H:%M:%S"
    return [f"#支付宝业务{title}查询", f"#账号：[{account}]", f"#起始日期：[{start:{form}}]   终止日期：[{end:{form}}]"]


def _sums(entries: Sequence[Entry]) -> tuple[int, Decimal, int, Decimal]:
    payments, refunds = [e for e in entries if not e.request], [e for e in entries if e.request]
    zero = Decimal(0)
    return len(payments), sum((e.amount for e in payments), zero), len(refunds), sum((e.amount for e in refunds), zero)


def _list(entries: Sequence[Entry], account: str, date: str, now: datetime) -> list[str]:
    paid_count, paid, refund_count, refunded = _sums(entries)
    return [
        *_frame("明细", account, date),
        "#-----------------------------------------业务明细列表----------------------------------------",
        LIST_HEAD,
        *(entry.line() for entry in entries),
        "#-----------------------------------------业务明细列表结束------------------------------------",
        f"#交易合计：{paid_count}笔，商家实收共{write_amount(paid)}元，商家优惠共0.00元",
        f"#退款合计：{refund_count}笔，商家实收退款共{write_amount(refunded)}元，商家优惠退款共0.00元",
        f"#导出时间：[{now:%Y年%m月%d日 %H:%M:%S}]",
    ]


def _summary(entries: Sequence[Entry], account: str, date: str, now: datetime) -> list[str]:
    paid_count, paid, refund_count, refunded = _sums(entries)
    fees = sum((entry.fee for entry in entries), Decimal(0))
    total = write_amount(paid + refunded)
    net = write_amount(paid + refunded + fees)
    row = f"{paid_count},{refund_count},{total},{total},0.00,0.00,0.00,{write_amount(fees)},0.00,{net}"
    return [
        *_frame("汇总", account, date),
        "#-----------------------------------------业务汇总列表----------------------------------------",
        SUMMARY_HEAD,
        f"合计\t,\t,{row}",
        "#-----------------------------------------业务汇总列表结束------------------------------------",
        f"#导出时间：[{now:%Y年%m月%d日 %H:%M:%S}]",
    ]

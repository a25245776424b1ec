"""The sentences of the hosted pages in Chinese."""

from __future__ import annotations

CHINESE = {
    "Sandbox: no money moves here": "沙盒环境：不会产生真实扣款",
    "A stand-in for Stripe, for tests; not run by Stripe.": "Stripe 的沙盒替身，仅供测试，不属于 Stripe。",
    "Checkout": "收银台",
    "Pay": "支付",
    "Back to the shop": "返回商店",
    "Order": "订单",
    "Total": "合计",
    "Contact": "联系方式",
    "E-mail": "电子邮箱",
    "Payment method": "支付方式",
    "Card": "银行卡",
    "SEPA debit": "SEPA 直接借记",
    "Card number": "卡号",
    "Expiry (MM / YY)": "有效期（月 / 年）",
    "Security code": "安全码",
    "Name on card": "持卡人姓名",
    "IBAN": "IBAN 账号",
    "Test cards": "测试卡",
    "Succeeds": "支付成功",
    "Declined": "被拒绝",
    "Insufficient funds": "余额不足",
    "3-D Secure": "3-D Secure 验证",
    "Disputed afterwards": "付款后发起争议",
    "Refund fails later": "退款稍后失败",
    "Debit that succeeds later": "稍后扣款成功",
    "Debit that fails later": "稍后扣款失败",
    "Any future date and any security code will do. Never enter a real card.": (
        "有效期填任意未来日期，安全码任意。切勿输入真实卡号。"
    ),
    "Quantity": "数量",
    "Confirm with your bank": "请通过发卡行验证",
    "Your bank wants to be sure that it is you who pays": "发卡行需要确认是您本人付款",
    "Complete": "验证通过",
    "Fail": "验证失败",
    "This page has expired": "此页面已过期",
    "Nothing was charged. Return to the shop to try again.": "未产生任何扣款。请返回商店重新支付。",
    "There is nothing here": "这里什么也没有",
    "The link is wrong, or the sandbox was started anew.": "链接有误，或沙盒已重新启动。",
    "Your card was declined.": "您的银行卡被拒绝。",
    "Your card was declined. Your request was in live mode, but used a known test card.": (
        "您的银行卡被拒绝：请求处于正式模式，却使用了测试卡。"
    ),
    "Your card has insufficient funds.": "您的银行卡余额不足。",
    "Your card has expired.": "您的银行卡已过期。",
    "Your card's security code is incorrect.": "您的银行卡安全码不正确。",
    "An error occurred while processing your card. Try again in a little bit.": "处理您的银行卡时出错，请稍后再试。",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.": (
        "您的银行卡因尝试过于频繁或超出限额而被拒绝。"
    ),
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.": (
        "无法验证您的支付方式，请换一种支付方式再试。"
    ),
    "Choose one of the ways to pay.": "请选择一种支付方式。",
    "Your IBAN is invalid.": "IBAN 账号无效。",
    "Your card number is invalid.": "卡号无效。",
    "This is not a test card. Never enter a real card here.": "这不是测试卡。切勿在此输入真实卡号。",
    "Your card's expiration date is incomplete.": "有效期不完整。",
    "Your card's expiration date is in the past.": "银行卡已过有效期。",
    "Your card's security code is incomplete.": "安全码不完整。",
}

"""A year of the sample shop's orders, made by the same use cases as any order, under a clock that stands in the past.

What happens is planned first (who buys what when, and what becomes of it; the same plan for the same seed and day), then done
week by week: first the week's orders, each placed as any order is, then all that became of orders in that week, as one
transaction with an entry in the audit trail. A start that was cut off goes on after the last entry, and knows the orders
that were placed since. The channel is "import": nobody gets mails about the past.
"""

from history.living import write_history

__all__ = ["write_history"]

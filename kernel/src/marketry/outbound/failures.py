"""What can go wrong on the way out. Each message names the host, never the query (it may hold secrets)."""


class OutboundFailed(Exception):
    """No usable answer. Whether the other side acted is unknown unless the subclass says so."""


class AddressRefused(OutboundFailed):
    """The address is private and not on the site's allow-list. Nothing was sent."""


class Busy(OutboundFailed):
    """Too many calls of this plugin, or of this process, are under way. Nothing was sent."""


class Unreachable(OutboundFailed):
    """The connection failed or broke."""


class DeadlinePassed(OutboundFailed):
    """No whole answer within the deadline."""


class AnswerTooLarge(OutboundFailed):
    """The answer is larger than the caller wanted to have."""

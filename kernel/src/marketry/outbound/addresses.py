"""Which addresses may be called: public ones, and those that the site allows by name."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit


class AllowList:
    """Entries: a host or address (`sandbox.local`), one with a port (`127.0.0.1:9101`), a network (`10.1.0.0/16`)."""

    def __init__(self, entries: Sequence[str]) -> None:
        self._networks = [ip_network(entry, strict=False) for entry in entries if "/" in entry]
        self._hosts = frozenset(entry.lower() for entry in entries if "/" not in entry)

    def admits(self, host: str, port: int, address: str) -> bool:
        """Whether `address`, to which `host` resolved, may be connected to."""
        names = {host.lower(), f"{host.lower()}:{port}", address, f"{address}:{port}"}
        if names & self._hosts:
            return True
        place = ip_address(address.partition("%")[0])
        if isinstance(place, IPv6Address):  # what an IPv6 address wraps is where the packets go
            place = place.ipv4_mapped or place.sixtofour or place
        if any(place.version == network.version and place in network for network in self._networks):
            return True
        return place.is_global and not place.is_multicast


def is_this_machine(host: str) -> bool:
    """Whether `host` is a loopback address or its common name."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_exposed(url: str) -> bool:
    """Whether others could read on the way what is sent to `url`: it is neither https nor on this machine."""
    parts = urlsplit(url)
    return parts.scheme != "https" and not is_this_machine(parts.hostname or "")

"""Suites that an implementation of a contract inherits: subclass one in your tests and say what it is to examine."""

from marketry.testing.contracts.gateway import Booked, RemoteProviderContract
from marketry.testing.contracts.payment import PaymentProviderContract

__all__ = ["Booked", "PaymentProviderContract", "RemoteProviderContract"]

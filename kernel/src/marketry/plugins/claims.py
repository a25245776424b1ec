"""Names that only one plugin may have: codes of payment providers and carriers, keys of inputs and jobs, services."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from marketry.hookspecs import checkout, events, fulfilment, operations, payment, pricing
from marketry.plugins.dispatch import Answer
from marketry.plugins.failures import Fault

Hook = Callable[..., Any]

# (hook asked once at boot, what its values are called, the name that must be unique)
UNIQUE: tuple[tuple[Hook, str, Callable[[Any], str]], ...] = (
    (payment.payment_providers, "payment provider", lambda one: one.code),
    (fulfilment.carriers, "carrier", lambda one: one.code),
    (checkout.checkout_inputs, "checkout input", lambda one: f"{one.plugin}.{one.key}"),
    (pricing.pricing_steps, "pricing step", lambda one: f"{one.plugin}.{one.name}"),
    (events.subscribe, "subscriber", lambda one: one.key),
    (operations.jobs, "job", lambda one: one.key),
    (operations.schedules, "schedule", lambda one: one.key),
)


def check_unique(what: str, named: Iterable[tuple[Answer[Any], str]]) -> None:
    """Fault on the plugin that claims a name for the second time."""
    owners: dict[str, str] = {}
    for answer, name in named:
        if name in owners:
            raise Fault(
                answer.plugin,
                f"its {what} {name!r} exists already, from {owners[name]}",
                f"Rename it, or disable {owners[name]}.",
                step="claims",
            )
        owners[name] = answer.plugin


def choose_services(offers: Iterable[Answer[Mapping[type, object]]], chosen: Mapping[str, str]) -> dict[type, object]:
    """One implementation per protocol; `chosen` is the site's [services] table, protocol's name → plugin."""
    services: dict[type, object] = {}
    owners: dict[type, str] = {}
    for offer in offers:
        for protocol, implementation in offer.value.items():
            wanted = chosen.get(protocol.__name__)
            if wanted not in (None, offer.plugin):
                continue
            if protocol in owners:
                raise Fault(
                    offer.plugin,
                    f"it offers the service {protocol.__name__}, which {owners[protocol]} offers already",
                    f'Choose one in marketry.toml: [services] {protocol.__name__} = "{offer.plugin}", or disable one of them.',
                    step="services",
                )
            services[protocol], owners[protocol] = implementation, offer.plugin
    return services

"""A postal address, as typed and checked. Field names are those of the JSON surface."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """`country` is ISO 3166-1 alpha-2; `region` a state, province or prefecture as people write it."""

    name: str
    line1: str
    city: str
    country: str
    line2: str = ""
    region: str = ""
    postal_code: str = ""
    phone: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

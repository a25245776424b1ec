"""The invented customers of the sample shop: names, streets and towns that sound like their country.

Their mail addresses end in example.com, where nobody receives anything (RFC 2606).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    locale: str
    currency: str
    country: str
    address: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Land:
    """Where some of the customers live. `towns`: city, region, postal code; `weight` of a hundred."""

    country: str
    locale: str
    currency: str
    weight: int
    first: Sequence[str]
    last: Sequence[str]
    streets: Sequence[str]
    towns: Sequence[tuple[str, str, str]]
    street_first: bool = False  # Lindenstraße 12, rather than 12 Linden Street


LANDS: Sequence[Land] = (
    Land(
        "US", "en", "USD", 42,
        ("Hannah", "Priya", "Marcus", "Elena", "Theo", "Naomi", "Caleb", "Ruth", "Diego", "June", "Amara", "Owen", "Leah"),
        ("Whitfield", "Raman", "Bell", "Kowalski", "Nguyen", "Ortiz", "Brooks", "Lindqvist", "Harlow", "Okafor", "Mayer"),
        ("Juniper Street", "Alder Lane", "Mill Road", "Orchard Avenue", "Harbor View", "Quarry Street", "Wren Court"),
        (
            ("Portland", "OR", "97214"), ("Madison", "WI", "53703"), ("Austin", "TX", "78704"), ("Asheville", "NC", "28801"),
            ("Providence", "RI", "02906"), ("Ann Arbor", "MI", "48104"), ("Boulder", "CO", "80302"), ("Brooklyn", "NY", "11215"),
        ),
    ),
    Land(
        "DE", "en", "EUR", 14,
        ("Anna", "Jonas", "Lena", "Felix", "Clara", "Moritz", "Ida", "Paul"),
        ("Brandt", "Hoffmann", "Seidel", "Vogel", "Krüger", "Lorenz", "Winter"),
        ("Lindenstraße", "Gartenweg", "Töpfergasse", "Am Kanal", "Schillerstraße"),
        (("Berlin", "", "10999"), ("Leipzig", "", "04109"), ("Hamburg", "", "22767"), ("Freiburg", "", "79098")),
        True,
    ),
    Land(
        "FR", "en", "EUR", 8,
        ("Camille", "Louis", "Inès", "Hugo", "Margaux", "Étienne"),
        ("Moreau", "Lefèvre", "Girard", "Chevalier", "Perrin"),
        ("rue des Potiers", "rue du Moulin", "avenue des Tilleuls", "quai de la Loire"),
        (("Nantes", "", "44000"), ("Lyon", "", "69004"), ("Paris", "", "75011"), ("Toulouse", "", "31000")),
    ),
    Land(
        "NL", "en", "EUR", 6,
        ("Sanne", "Bram", "Fleur", "Joost", "Maud"),
        ("de Vries", "Bakker", "Visser", "van Dijk", "Mulder"),
        ("Kerkstraat", "Molenweg", "Prinsenkade", "Dorpsstraat"),
        (("Utrecht", "", "3511 LX"), ("Haarlem", "", "2011 RD"), ("Groningen", "", "9711 LM")),
        True,
    ),
    Land(
        "GB", "en", "EUR", 5,
        ("Imogen", "Callum", "Freya", "Rory", "Beatrix"),
        ("Ashworth", "Pemberton", "MacLeod", "Hughes", "Fairclough"),
        ("Chapel Row", "Weaver's Yard", "Station Road", "Elm Grove"),
        (("Bristol", "", "BS6 5QA"), ("Edinburgh", "", "EH3 6SU"), ("Sheffield", "", "S11 8PX")),
    ),
    Land(
        "CN", "zh", "CNY", 25,
        ("雨桐", "子涵", "思远", "佳怡", "浩然", "静", "明轩", "若曦", "晓雯", "一诺"),
        ("王", "李", "张", "陈", "林", "周", "许", "沈", "顾", "梁"),
        ("梧桐路", "陶工巷", "滨江大道", "文昌街", "翠湖路", "青石弄"),
        (
            ("杭州市", "浙江省", "310013"), ("上海市", "上海市", "200031"), ("景德镇市", "江西省", "333000"),
            ("成都市", "四川省", "610041"), ("广州市", "广东省", "510620"), ("北京市", "北京市", "100027"),
        ),
        True,
    ),
)  # fmt: skip


HANNAH = Person(
    "Hannah Whitfield", "hannah@example.com", "en", "USD", "US",
    {"name": "Hannah Whitfield", "line1": "27 Juniper Street", "line2": "", "city": "Portland", "region": "OR",
     "postal_code": "97214", "country": "US", "phone": ""},
)  # fmt: skip
PASSWORD = "speckled mugs by the window"


def some_people(random: Random, count: int) -> Sequence[Person]:
    """`count` different people, Hannah first, always the same ones for the same `random`."""
    weights = [land.weight for land in LANDS]
    people = {HANNAH.email: HANNAH}
    for number in range(1, count):
        person = _person(random, random.choices(LANDS, weights)[0], number)
        people[person.email] = person
    return list(people.values())


def _person(random: Random, land: Land, number: int) -> Person:
    first, last = random.choice(land.first), random.choice(land.last)
    name = f"{last}{first}" if land.country == "CN" else f"{first} {last}"
    street, house = random.choice(land.streets), random.randint(1, 180)
    line1 = f"{street}{house}号" if land.country == "CN" else f"{street} {house}" if land.street_first else f"{house} {street}"
    city, region, postal_code = random.choice(land.towns)
    address = {"name": name, "line1": line1, "line2": "", "city": city, "region": region, "postal_code": postal_code,
               "country": land.country, "phone": ""}  # fmt: skip
    local = f"guest{number}" if land.country == "CN" else f"{first}.{last}".lower().replace(" ", "")
    plain = local.translate(str.maketrans("éèëêïîöüäáàçñß", "eeeeiiouaaacns"))
    return Person(name, f"{plain}{number}@example.com", land.locale, land.currency, land.country, address)

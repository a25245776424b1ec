"""Addresses follow their country: what is asked, in which order and words, what is refused, how it is printed."""

import tracemalloc

import pytest

from marketry.commerce.addresses import Address
from marketry.postal import AddressInput, address_form, address_lines, check_address, country_names, rules_of
from marketry.problems import Refused


@pytest.fixture
def speak(make_site):
    runtime = make_site(migrate=False)
    return lambda locale: runtime.context(locale=locale)


FORMS = {
    ("CN", "zh"): "国家或地区* 姓名* 邮政编码* 省份* 城市* 区县、街道和门牌号* 楼层、房号、公司 电话",
    ("CN", "en"): "Country* Full name* District, street and number* Flat, floor, company City* Province* Postal code* Telephone",
    ("US", "en"): "Country* Full name* Street and number* Flat, floor, company City* State* ZIP code* Telephone",
    ("DE", "en"): "Country* Full name* Street and number* Flat, floor, company Postal code* City* Telephone",
    ("GB", "en"): "Country* Full name* Street and number* Flat, floor, company Town or city* Postal code* Telephone",
    ("JP", "zh"): "国家或地区* 姓名* 邮政编码* 都道府县* 市区町村* 街道和门牌号* 楼层、房号、公司 电话",
    (
        "JP",
        "en",
    ): "Country* Full name* Street and number* Flat, floor, company City, ward or town* Prefecture* Postal code* Telephone",
    ("HK", "zh"): "国家或地区* 姓名* 地区* 区 街道和门牌号* 楼层、房号、公司 电话",
    ("HK", "en"): "Country* Full name* Area* District Street and number* Flat, floor, company Telephone",
    ("IE", "en"): "Country* Full name* Street and number* Flat, floor, company City* County Eircode Telephone",
}


@pytest.mark.parametrize(("country", "locale"), FORMS)
def test_a_form_asks_what_the_country_writes_in_its_order_and_the_readers_words(speak, country, locale):
    form = address_form(speak(locale), {"country": country}, prefix="shipping.")
    assert " ".join(f.label + ("*" if f.required else "") for f in form.fields) == FORMS[country, locale]
    assert (form.fields[1].name, form.fields[1].autocomplete, form.id) == ("shipping.name", "name", "address-shipping")


def test_regions_are_offered_by_the_names_that_the_reader_knows(speak):
    def offered(country, locale):
        fields = address_form(speak(locale), {"country": country}).fields
        return dict(next(f for f in fields if f.key == "region").options)

    assert offered("US", "en")["CA"] == "California"
    assert offered("JP", "en")["東京都"] == "Tokyo"
    assert offered("JP", "zh")["東京都"] == "東京都"
    assert offered("CN", "zh")["广西壮族自治区"] == "广西"
    assert offered("CN", "en")["北京市"] == "Beijing Shi"
    assert next(iter(offered("HK", "zh").items())) == ("Kowloon", "九龍")
    assert (len(offered("US", "en")), len(offered("JP", "en")), len(offered("CN", "zh"))) == (62, 47, 34)


def test_a_region_from_elsewhere_stays_choosable_where_none_is_required(speak):
    form = address_form(speak("en"), {"country": "IE", "region": "Dublin City"})
    assert form.fields[-3].options[-1] == ("Dublin City", "Dublin City")


GOOD = {
    "CN": {"city": "北京市", "region": "北京市", "postal_code": "100020"},
    "US": {"city": "Springfield", "region": "IL", "postal_code": "62701-1234"},
    "DE": {"city": "Berlin", "postal_code": "10115"},
    "GB": {"city": "London", "postal_code": "SW1A 2AA"},
    "JP": {"city": "千代田区", "region": "東京都", "postal_code": "100-0001"},
    "HK": {"region": "Kowloon"},
    "IE": {"city": "Dublin", "region": "Co. Dublin", "postal_code": "A65 F4E2"},
    "SG": {"postal_code": "546080"},
}


@pytest.mark.parametrize("country", GOOD)
def test_a_good_address_is_kept_as_it_was_written(speak, country):
    typed = AddressInput(name="Ada", line1="1 Loom Street", country=country, **GOOD[country])
    assert check_address(speak("en"), typed) == Address("Ada", "1 Loom Street", GOOD[country].get("city", ""), country,
        region=GOOD[country].get("region", ""), postal_code=GOOD[country].get("postal_code", ""))  # fmt: skip


@pytest.mark.parametrize(
    ("country", "given", "problems"),
    [
        ("CN", {}, ["city required", "region required", "postal_code required"]),
        (
            "CN",
            {"city": "c", "region": "Bavaria", "postal_code": "1000"},
            ["region region_unknown", "postal_code postal_code_wrong"],
        ),
        ("US", {}, ["city required", "region required", "postal_code required"]),
        ("US", {"city": "c", "region": "IL", "postal_code": "6270"}, ["postal_code postal_code_wrong"]),
        ("DE", {}, ["city required", "postal_code required"]),
        ("DE", {"city": "c", "postal_code": "1011"}, ["postal_code postal_code_wrong"]),
        ("GB", {"city": "c", "postal_code": "12345"}, ["postal_code postal_code_wrong"]),
        ("JP", {}, ["city required", "region required", "postal_code required"]),
        ("HK", {}, ["region required"]),
        ("HK", {"region": "Macau"}, ["region region_unknown"]),
        ("IE", {}, ["city required"]),
        ("IE", {"city": "c", "postal_code": "nothing like it"}, ["postal_code postal_code_wrong"]),
        ("XX", {"city": "c"}, ["country country_unknown"]),
    ],
)
def test_a_bad_address_has_a_problem_for_each_wrong_field(speak, country, given, problems):
    with pytest.raises(Refused) as refused:
        check_address(speak("en"), AddressInput(name="Ada", line1="1 Loom Street", country=country, **given), prefix="b.")
    assert [f"{p.field.removeprefix('b.')} {p.code}" for p in refused.value.problems] == problems


def test_problems_are_worded_for_the_reader_with_an_example_of_the_country(speak):
    with pytest.raises(Refused) as refused:
        check_address(speak("zh"), AddressInput(name="Ada", line1="x", city="c", country="DE", postal_code="1"))
    assert refused.value.problems[0].message == "这不是所选国家或地区的邮政编码，正确的格式如 26133。"


def test_regions_are_understood_by_any_name_and_codes_in_any_width(speak):
    def kept(**given):
        found = check_address(speak("en"), AddressInput(name="Ada", line1="x", city="c", **given))
        return (found.region, found.postal_code)

    assert kept(country="US", region="california", postal_code="95014") == ("CA", "95014")
    assert kept(country="JP", region="Tokyo", postal_code="１００−０００１") == ("東京都", "100-0001")
    assert kept(country="CN", region="广西", postal_code="530000") == ("广西壮族自治区", "530000")
    assert kept(country="CA", region="Ontario", postal_code="k1a  0b1") == ("ON", "K1A 0B1")


def test_only_countries_that_are_served_can_be_delivered_to(speak):
    typed = AddressInput(name="Ada", line1="x", city="Paris", country="FR", postal_code="75001")
    with pytest.raises(Refused, match="country_not_served: We don't deliver to France"):
        check_address(speak("en"), typed, countries={"DE": "Germany"})


def printed(locale="en", label=False, home=None, **given):
    return " / ".join(address_lines({"name": "Ada", "line1": "1 St", **given}, locale, label=label, home=home))


def test_addresses_are_printed_as_their_countries_write_them():
    assert printed(country="US", **GOOD["US"]) == "Ada / 1 St / Springfield, IL 62701-1234 / United States"
    assert printed(country="DE", line2="Hof 2", **GOOD["DE"]) == "Ada / 1 St / Hof 2 / 10115 Berlin / Germany"
    assert printed(country="GB", **GOOD["GB"]) == "Ada / 1 St / London / SW1A 2AA / United Kingdom"
    assert printed(country="IE", **GOOD["IE"]) == "Ada / 1 St / Dublin / Co. Dublin / A65 F4E2 / Ireland"
    assert printed(country="HK", city="Mong Kok", **GOOD["HK"]) == "Ada / 1 St / Mong Kok / Kowloon / Hong Kong SAR China"
    assert printed(country="JP", **{**GOOD["JP"], "city": "Chiyoda"}) == "Ada / 1 St / Chiyoda, Tokyo / 100-0001 / Japan"
    assert printed(country="CN", **{**GOOD["CN"], "city": "Beijing"}) == "Ada / 1 St / Beijing / Beijing Shi, 100020 / China"
    assert printed(country="SG", **GOOD["SG"]) == "Ada / 1 St / SINGAPORE 546080 / Singapore"


def test_in_the_letters_of_east_asia_an_address_runs_from_the_country_to_the_person():
    beijing = {**GOOD["CN"], "country": "CN", "line1": "朝阳区建国路1号", "name": "王小明"}
    assert printed("zh", **beijing) == "中国 / 100020 / 北京市 / 朝阳区建国路1号 / 王小明"
    assert printed("zh", **{**beijing, "region": "浙江省", "city": "杭州市"}).startswith("中国 / 100020 / 浙江省杭州市 / ")
    tokyo = {**GOOD["JP"], "country": "JP", "line1": "千代田1-1"}
    assert printed("en", **tokyo) == "Japan / 〒100-0001 / 東京都千代田区 / 千代田1-1 / Ada"
    kowloon = {"country": "HK", "region": "Kowloon", "city": "旺角", "line1": "彌敦道1號"}
    assert printed("zh", **kowloon) == "中国香港特别行政区 / 九龍 / 旺角 / 彌敦道1號 / Ada"


def test_a_label_has_the_posts_capitals_and_the_country_last_unless_it_is_home():
    assert printed(label=True, country="GB", **GOOD["GB"]) == "Ada / 1 St / LONDON / SW1A 2AA / UNITED KINGDOM"
    assert printed(label=True, home="US", country="US", **GOOD["US"]) == "Ada / 1 St / SPRINGFIELD, IL 62701-1234"


def test_nothing_that_was_written_is_lost_and_nothing_is_printed_for_what_is_missing():
    assert printed(country="GB", region="Kent", city="Dover") == "Ada / 1 St / Kent / Dover / United Kingdom"
    assert printed(country="US", city="Springfield", postal_code="62701") == "Ada / 1 St / Springfield 62701 / United States"
    assert printed(country="CH", city="Bern") == "Ada / 1 St / Bern / Switzerland"
    assert address_lines(None, "en") == []


def test_every_country_of_the_list_has_rules_a_form_and_print(speak):
    ctx = speak("zh")
    for code in country_names("zh"):
        rules = rules_of(code)
        form = address_form(ctx, {"country": code})
        assert {"name", "line1", "line2", "country", "phone"} | (rules.required - {"name"}) <= {f.key for f in form.fields}, code
        assert all(rules.fits(example) for example in rules.examples if "," not in example), code
        lines = address_lines({"name": "A", "line1": "B", "city": "C", "country": code}, "en")
        assert {"A", "B", "C"} <= set(" ".join(lines).replace("-", " ").split()), code


def test_one_country_costs_little_memory_and_only_its_own_file():
    from marketry.postal import rules

    rules._rules.cache_clear()
    tracemalloc.start()
    rules_of("CN")
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000
    assert rules._rules.cache_info().currsize == 1

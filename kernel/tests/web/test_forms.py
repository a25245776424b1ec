"""Forms: bounded when read, strict when parsed, each wrong field named."""

import pytest
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from marketry.web import Ctx, Form, Router, public

from .conftest import Web, plugin


class Address(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    city: str = Field(min_length=1)
    region: str = ""


class Order(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    quantity: int = Field(ge=1, le=99)
    gift: bool = False
    note: str | None = None
    tags: list[str] = []
    address: Address | None = None


@pytest.fixture
def client(web: Web, router: Router) -> object:
    @router.post("/bowls")
    @public
    def order(ctx: Ctx, form: Form) -> JSONResponse:
        return JSONResponse(form.parse(Order).model_dump())

    return web(plugin("bowls", router))


def test_fields_become_values_dots_nest_and_empty_means_not_given(client) -> None:  # type: ignore[no-untyped-def]
    sent = {
        "quantity": "3", "gift": "on", "note": "", "tags": ["a", "", "b"], "address.city": "Bern", "address.region": "",
        "csrf_token": "x",
    }  # fmt: skip
    assert client.post("/bowls", data=sent).json() == {
        "quantity": 3, "gift": True, "note": None, "tags": ["a", "b"], "address": {"city": "Bern", "region": ""},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({}, "quantity", "required"),
        ({"quantity": ""}, "quantity", "int_parsing"),
        ({"quantity": "0"}, "quantity", "greater_than_equal"),
        ({"quantity": "-1"}, "quantity", "greater_than_equal"),
        ({"quantity": "1e3"}, "quantity", "int_parsing"),
        ({"quantity": "true"}, "quantity", "int_parsing"),
        ({"quantity": "1" * 5000}, "quantity", "int_parsing_size"),
        ({"quantity": "1" + "0" * 23}, "quantity", "less_than_equal"),
        ({"quantity": "2", "address.city": ""}, "address.city", "string_too_short"),
        ({"quantity": "2", "colour": "red"}, "colour", "extra_forbidden"),
        ({"quantity": "2", "note": "a\0b"}, "note", "bad_character"),
        ({"quantity": "2", "gift": "perhaps"}, "gift", "bool_parsing"),
        ({"quantity": "2", "address": "Bern"}, "address", "model_type"),
    ],
)
def test_a_wrong_field_is_named(client, sent: dict[str, str], field: str, code: str) -> None:  # type: ignore[no-untyped-def]
    answer = client.post("/bowls", data=sent, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["field"], answer.json()["code"]) == (422, field, code)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
def test_ten_thousand_fields_are_refused_before_they_are_read_in(client, kind: str) -> None:  # type: ignore[no-untyped-def]
    if kind.startswith("multipart"):
        one = '--b\r\nContent-Disposition: form-data; name="f{}"\r\n\r\nx\r\n'
        body = "".join(one.format(i) for i in range(10_000)) + "--b--\r\n"
    else:
        body = "&".join(f"f{i}=x" for i in range(10_000))
    answer = client.post("/bowls", content=body, headers={"Content-Type": kind, "Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "bad_form", "form")


def test_a_file_larger_than_the_limit_is_cut_off(client) -> None:  # type: ignore[no-untyped-def]
    def chunks():  # type: ignore[no-untyped-def]
        yield b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        for _ in range(65):
            yield b"x" * 1024 * 1024

    headers = {"Content-Type": "multipart/form-data; boundary=b", "Accept": "application/json"}
    answer = client.post("/bowls", content=chunks(), headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (413, "body")

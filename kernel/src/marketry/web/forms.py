"""Forms for `def` endpoints: fields read and bounded before the endpoint runs, parsed by a schema inside it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar, get_origin

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from marketry.context import Context
from marketry.problems import Problem, Refused
from marketry.web.context import context_of
from marketry.web.invalid import problems_of

S = TypeVar("S", bound=BaseModel)
MAX_FIELDS = 500
MAX_FILES = 20
MAX_FIELD_BYTES = 256 * 1024
TOKEN_FIELD = "csrf_token"  # noqa: S105 - the name of a field
KEY = "marketry.form"


class FormValues:
    """The fields as sent. `values` has the last value of each name, for showing the form again."""

    def __init__(self, ctx: Context, data: FormData) -> None:
        self._ctx = ctx
        pairs = [(name, value) for name, value in data.multi_items() if name != TOKEN_FIELD]
        self.token = str(data.get(TOKEN_FIELD, ""))
        self.values: dict[str, str] = {name: value for name, value in pairs if isinstance(value, str)}
        self.files: dict[str, UploadFile] = {n: v for n, v in pairs if isinstance(v, UploadFile) and v.filename}
        self._pairs = [(name, value) for name, value in pairs if isinstance(value, str)]

    def get(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)

    def all(self, name: str) -> list[str]:
        """Every value of a name, as ticked boxes send them."""
        return [value for key, value in self._pairs if key == name]

    def parse(self, schema: type[S]) -> S:
        """The form as `schema`. Dots nest (`address.city`); an empty field counts as not sent where it has a default.

        Raises Refused with one problem per wrong field, each named by the field's name in the form.
        """
        try:
            return schema.model_validate(self._shaped(schema), strict=False)
        except ValidationError as error:
            raise Refused(*problems_of(self._ctx, error.errors(include_url=False), separator=".")) from None

    def _shaped(self, schema: type[BaseModel]) -> dict[str, Any]:
        shaped: dict[str, Any] = {}
        for name in dict.fromkeys(key for key, _ in self._pairs):
            _place(shaped, schema, name.split("."), self.all(name))
        return shaped


def _place(into: dict[str, Any], schema: type[BaseModel] | None, path: Sequence[str], values: list[str]) -> None:
    """Put `values` where `path` leads, as a list only where the schema wants one."""
    name, *rest = path
    field = schema.model_fields.get(name) if schema else None
    annotation = field.annotation if field else None
    if rest:
        nested = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
        child = into.setdefault(name, {})
        if isinstance(child, dict):
            _place(child, nested, rest, values)
    elif get_origin(annotation) in (list, tuple, set, frozenset, Sequence):
        into[name] = [value for value in values if value]
    elif values[-1] or field is None or field.is_required():
        into[name] = values[-1]


async def read_form(request: Request) -> FormValues:
    """Read the form once per request, bounded in number and size of fields; refuses what is malformed with 422."""
    found: FormValues | None = request.scope.get(KEY)
    if found is not None:
        return found
    ctx = context_of(request)
    try:
        data = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES)
    except HTTPException as error:
        if error.status_code == 413:
            raise
        message = ctx.gettext("This form couldn't be read: %(reason)s", reason=error.detail)
        raise Refused(Problem("bad_form", message, "form", status=422)) from None
    form = request.scope[KEY] = FormValues(ctx, data)
    _refuse_unstorable(ctx, form.values)
    return form


def _refuse_unstorable(ctx: Context, values: Mapping[str, str]) -> None:
    """PostgreSQL stores no NUL; a person never typed one."""
    for name, value in values.items():
        if "\0" in value or "\0" in name:
            field = name.replace("\0", "")
            raise Refused(Problem("bad_character", ctx.gettext("This contains a character that can't be used."), field))


Form = Annotated[FormValues, Depends(read_form)]

"""The door of the API: keys, versions, idempotency and parameters, before any operation is done.

Idempotency as in https://docs.stripe.com/api/idempotent_requests: a key belongs to an account and mode, lives 24 hours,
is bound to path and parameters, and answers are kept once an operation began, also when it was declined.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from marketry_gateways.stripe import forms
from marketry_gateways.stripe.desk import VERSION, Desk, World, shown
from marketry_gateways.stripe.errors import Json, StripeRefusal
from marketry_gateways.stripe.expansion import expand
from marketry_gateways.stripe.names import new_id
from marketry_gateways.stripe.operations import Call, find
from marketry_gateways.stripe.parameters import validate
from marketry_gateways.stripe.passing import pass_time

_KEPT = 24 * 3600


@dataclass(frozen=True)
class Request:
    """What came over the wire; header names in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    body: Json
    headers: Mapping[str, str]


class Api:
    """Answers requests. ``keys`` maps secret keys (sk_test_…, sk_live_…) to account ids."""

    def __init__(self, world: World, keys: Mapping[str, str]) -> None:
        self.world, self.keys = world, dict(keys)
        self._busy: set[tuple[str, bool, str]] = set()
        self._busy_lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """Do what is asked, or say why not."""
        headers = {"Request-Id": new_id("req", length=14), "Stripe-Version": VERSION}
        try:
            status, body, more = self._enter(request, headers["Request-Id"])
        except StripeRefusal as refusal:
            status, body, more = refusal.status, refusal.body(), {}
            body["error"]["request_log_url"] = f"{self.world.url}/_log/{headers['Request-Id']}"
        return Answer(status, body, {**headers, **more})

    def _enter(self, request: Request, id: str) -> tuple[int, Json, dict[str, str]]:
        account, livemode = self._who(request.headers)
        _demand_version(request.headers.get("stripe-version", VERSION))
        if "stripe-account" in request.headers or "stripe-context" in request.headers:
            raise StripeRefusal("This twin doesn't model acting for connected accounts (Stripe-Account, Stripe-Context).")
        given = _given(request)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        desk = Desk(self.world, account, livemode, id, key)
        if key is None:
            pass_time(self.world)
            with self.world.book.transaction():
                return 200, self._do(desk, request, given), {}
        if len(key) > 255:
            raise StripeRefusal("Idempotency keys can be at most 255 characters long.", type="idempotency_error")
        with self._alone(account, livemode, key):
            pass_time(self.world)
            return self._once(desk, request, given, key)

    def _who(self, headers: Mapping[str, str]) -> tuple[str, bool]:
        key = _bearer(headers.get("authorization", ""))
        if key.startswith("pk_"):
            message = "This API call cannot be made with a publishable API key. Please use a secret API key."
            raise StripeRefusal(message, status=403, code="secret_key_required")
        if key not in self.keys:
            hidden = key[:8] + "*" * max(0, len(key) - 12) + key[-4:]
            raise StripeRefusal(f"Invalid API Key provided: {hidden}", status=401)
        return self.keys[key], "_live_" in key[:8]

    @contextmanager
    def _alone(self, account: str, livemode: bool, key: str) -> Iterator[None]:
        name = (account, livemode, key)
        with self._busy_lock:
            if name in self._busy:
                message = (
                    "There is currently another in-progress request using this Idempotent Key (that probably means you"
                    f" submitted twice, and the other request is still going through): {key}. Please try again later."
                )
                raise StripeRefusal(message, status=409, type="idempotency_error", code="idempotency_key_in_use")
            self._busy.add(name)
        try:
            yield
        finally:
            self._busy.discard(name)

    def _once(self, desk: Desk, request: Request, given: Json, key: str) -> tuple[int, Json, dict[str, str]]:
        params = json.dumps(given, sort_keys=True)
        before = self.world.book.answer(desk.account, desk.livemode, key, desk.now - _KEPT)
        if before:
            _demand_same(before, request.path, params, key)
            headers = {"Idempotency-Key": key, "Idempotent-Replayed": "true", "Original-Request": before["request"]}
            return before["status"], json.loads(before["body"]), headers
        with self.world.book.transaction():
            try:
                status, body = 200, self._do(desk, request, given)
            except StripeRefusal as refusal:
                if not refusal.kept:
                    raise
                status, body = refusal.status, refusal.body()
            kept = {"path": request.path, "params": params, "status": status, "body": json.dumps(body), "request": desk.request}
            self.world.book.remember(desk.account, desk.livemode, key, desk.now, kept)
        return status, body, {"Idempotency-Key": key, "Original-Request": desk.request or ""}

    def _do(self, desk: Desk, request: Request, given: Json) -> Json:
        operation, subject = find(request.method, request.path)
        params = validate(given, operation.shape)
        paths = params.pop("expand", [])
        return expand(desk, shown(operation.act(Call(desk, params, subject))), paths)

    def remember_failure(self, request: Request, status: int, body: Json) -> None:
        """Keep a 500 under the request's idempotency key, as Stripe does once an operation began."""
        account, livemode = self._who(request.headers)
        key = request.headers.get("idempotency-key")
        if key and not self.world.book.answer(account, livemode, key, 0):
            params = json.dumps(_given(request), sort_keys=True)
            kept = {"path": request.path, "params": params, "status": status, "body": json.dumps(body), "request": new_id("req")}
            self.world.book.remember(account, livemode, key, self.world.clock.now(), kept)


def _bearer(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value, validate=True).decode("ascii").partition(":")[0]
        except ValueError:
            value = ""
    if not value:
        message = (
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer"
            " auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details."
        )
        raise StripeRefusal(message, status=401)
    return value


def _demand_version(version: str) -> None:
    if version != VERSION:
        raise StripeRefusal(f"Invalid Stripe API version: {version}. This twin speaks {VERSION} only.")


def _given(request: Request) -> Json:
    if request.method == "GET":
        return forms.decode(request.query)
    kind = request.headers.get("content-type", "application/x-www-form-urlencoded").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        raise StripeRefusal(f"Invalid Content-Type: {kind}; the v1 API takes application/x-www-form-urlencoded.")
    try:
        return forms.decode(request.body.decode("ascii"))
    except ValueError:
        raise StripeRefusal("Invalid request body: it isn't form-encoded.") from None


def _demand_same(before: Json, path: str, params: str, key: str) -> None:
    if before["path"] != path:
        message = (
            "Keys for idempotent requests can only be used for the same endpoint they were first used for"
            f" ('{before['path']}' vs '{path}'). Try using a key other than '{key}' if you meant to execute a different request."
        )
    elif before["params"] != params:
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were first used with."
            f" Try using a key other than '{key}' if you meant to execute a different request."
        )
    else:
        return
    raise StripeRefusal(message, type="idempotency_error")

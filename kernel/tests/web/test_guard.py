"""Nobody may change anything, or open the back office, by a route that doesn't say who may."""

from collections.abc import Callable

import pytest
from fastapi import APIRouter
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

from marketry.plugins.failures import Fault
from marketry.testing.sites import SiteFactory
from marketry.web import Ctx, gives_way, permission, public
from marketry.web.app import create_app
from marketry.web.routing import Router
from marketry.web.values import Actor, ActorKind

from .conftest import Web, plugin


def answer() -> PlainTextResponse:
    return PlainTextResponse("done")


def test_a_planted_route_that_changes_state_unguarded_is_a_fault_that_names_plugin_route_and_mend(
    make_site: SiteFactory, router: Router
) -> None:
    router.post("/bowls")(answer)
    with pytest.raises(Fault) as caught:
        create_app(make_site(extra=[plugin("bowls", router)]))
    assert caught.value.plugin == "bowls"
    assert "POST /bowls" in str(caught.value)
    assert 'Put @permission("…") or @public under its route decorator' in str(caught.value)


@pytest.mark.parametrize("area", ["admin", "api"])
def test_a_back_office_page_that_only_reads_needs_a_guard_too(make_site: SiteFactory, router: Router, area: str) -> None:
    router.get("/bowls" if area == "admin" else "/admin/bowls")(answer)
    with pytest.raises(Fault, match="doesn't say who may call it"):
        create_app(make_site(extra=[plugin("bowls", router, area)]))


def test_an_unguarded_route_hidden_in_an_included_router_is_found(make_site: SiteFactory) -> None:
    inner, outer = APIRouter(), APIRouter()
    inner.delete("/{slug}")(answer)
    outer.include_router(inner, prefix="/bowls")
    with pytest.raises(Fault, match=r"DELETE /bowls/\{slug\}"):
        create_app(make_site(extra=[plugin("bowls", outer)]))


def test_a_mounted_application_cant_be_guarded_and_is_refused(make_site: SiteFactory) -> None:
    router = APIRouter(routes=[Mount("/bowls", app=PlainTextResponse("x"))])
    with pytest.raises(Fault, match="/bowls is a Mount, which can't be guarded"):
        create_app(make_site(extra=[plugin("bowls", router)]))


def saying(text: str) -> Callable[[], PlainTextResponse]:
    return lambda: PlainTextResponse(text)


@pytest.mark.parametrize("order", [("polite", "firm"), ("firm", "polite")])
def test_a_route_that_gives_way_leaves_its_address_to_another_plugin_and_keeps_the_rest(web: Web, order: tuple[str, str]) -> None:
    polite, firm = Router(), Router()
    polite.get("/")(gives_way(saying("mine")))
    polite.get("/more")(saying("more"))
    firm.get("/")(saying("theirs"))
    routers = {"polite": polite, "firm": firm}
    client = web(*(plugin(name, routers[name]) for name in order))
    assert (client.get("/").text, client.get("/more").text) == ("theirs", "more")


def test_a_route_that_gives_way_stays_where_nobody_wants_its_address(web: Web) -> None:
    first, second = Router(), Router()
    first.get("/")(gives_way(saying("first")))
    second.get("/")(gives_way(saying("second")))
    assert web(plugin("bowls", first), plugin("cups", second)).get("/").text == "first"


def test_two_plugins_with_one_address_are_named_both_even_if_their_parameters_differ(make_site: SiteFactory) -> None:
    first, second = Router(), Router()
    first.get("/things/{slug}")(answer)
    second.get("/things/{code}")(answer)
    with pytest.raises(Fault) as caught:
        create_app(make_site(extra=[plugin("bowls", first), plugin("cups", second)]))
    assert caught.value.plugin == "cups"
    assert "GET /things/{code}" in str(caught.value)
    assert "is also a route of bowls (/things/{slug}" in str(caught.value)


def test_a_plugin_cant_take_an_address_of_the_kernel(make_site: SiteFactory, router: Router) -> None:
    router.get("/healthz")(answer)
    with pytest.raises(Fault, match="is also a route of the kernel"):
        create_app(make_site(extra=[plugin("bowls", router)]))


def test_the_specific_path_wins_whatever_the_order_of_plugins(web: Web) -> None:
    def page(name: str) -> Router:
        made = Router()
        made.get({"a": "/{page:path}", "b": "/things/{slug}", "c": "/things/new"}[name])(lambda: PlainTextResponse(name))
        return made

    client = web(*(plugin(name, page(name)) for name in "abc"))
    assert [client.get(path).text for path in ("/things/new", "/things/old", "/else/where")] == ["c", "b", "a"]


def test_a_permission_is_checked_before_the_endpoint_runs(web: Web, router: Router) -> None:
    ran: list[str] = []

    @router.post("/bowls")
    @permission("bowls.bowl.write")
    def change() -> PlainTextResponse:
        ran.append("changed")
        return PlainTextResponse("changed")

    def resolve_actor(request: object) -> Actor:
        held = frozenset(request.headers.get("x-holds", "").split())  # type: ignore[attr-defined]
        return Actor(ActorKind.STAFF, "staff:1", "Ada", held)

    client = web(plugin("bowls", router, resolve_actor=resolve_actor))
    refused = client.post("/bowls", headers={"Accept": "application/json", "X-Holds": "bowls.bowl.read"})
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (403, "forbidden", "bowls.bowl.write")
    assert ran == []
    assert client.post("/bowls", headers={"X-Holds": "bowls.bowl.write"}).text == "changed"


def test_an_async_endpoint_is_guarded_as_well(web: Web, router: Router) -> None:
    @router.get("/bowls")
    @permission("bowls.bowl.read")
    async def show(ctx: Ctx) -> PlainTextResponse:
        return PlainTextResponse(ctx.locale)

    assert web(plugin("bowls", router)).get("/bowls").status_code == 403


def test_an_unknown_visitor_is_asked_to_sign_in_by_the_back_office_and_by_the_json_surface(web: Web) -> None:
    admin, api, shop = Router(), Router(), Router()
    admin.get("/bowls")(permission("bowls.bowl.read")(answer))
    api.get("/admin/bowls")(permission("bowls.bowl.read")(answer))
    shop.get("/admin/sign-in")(public(answer))

    client = web(plugin("bowls", admin, "admin"), plugin("cups", api, "api"), plugin("staff", shop))
    page = client.get("/admin/bowls", headers={"Accept": "text/html"}, follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/admin/sign-in?next=/admin/bowls")
    json = client.get("/api/v1/admin/bowls")
    assert (json.status_code, json.headers["www-authenticate"]) == (401, "Bearer")


def test_the_actor_of_a_public_page_is_never_asked_for(web: Web, router: Router) -> None:
    asked: list[str] = []
    router.get("/bowls")(public(answer))

    def resolve_actor() -> Actor | None:
        asked.append("asked")
        return None

    client = web(plugin("bowls", router, resolve_actor=resolve_actor))
    assert client.get("/bowls").status_code == 200
    assert asked == []


def test_addresses_of_a_plugin_that_isnt_enabled_are_404(web: Web, router: Router) -> None:
    assert web().get("/bowls").status_code == 404

"""Closed for maintenance: shoppers are told so in their language, staff and machines go on, and it ends as it began."""

from marketry.testing.clients import client_of
from marketry.testing.sites import SiteFactory
from marketry.web.maintenance import mark_in


def test_the_shop_says_that_it_comes_back_while_the_mark_is_there(make_site: SiteFactory) -> None:
    runtime = make_site(theme="atelier", locales=["en", "zh"])
    mark = mark_in(runtime.site.var_dir)
    with client_of(runtime) as client:
        mark.touch()
        page, chinese, api = client.get("/products/mug"), client.get("/zh/"), client.get("/api/v1/products")
        open_still = [client.get(path).status_code for path in ("/healthz", "/readyz")]
        mark.unlink()
        after = client.get("/nothing").status_code
    assert (page.status_code, page.headers["retry-after"], page.headers["cache-control"]) == (503, "120", "no-store")
    assert "Back in a moment" in page.text
    assert "atelier/atelier.css" in page.text
    assert "稍候片刻" in chinese.text
    assert (api.status_code, api.json()["code"], api.headers["content-type"]) == (503, "maintenance", "application/problem+json")
    assert open_still == [200, 200]
    assert after == 404

"""A member of staff with all permissions, signed in by the link that the command line prints."""

import re

import httpx

from marketry.testing.running import RunningSite


def staff_client(site: RunningSite, email: str = "olga@example.com") -> httpx.Client:
    """A browser in the back office, which also speaks JSON: `post("/api/v1/admin/orders/…/refund", json=…)`."""
    link = re.search(r"/admin/enter\?token=(\S+)", site.command("staff", "create-admin", email).stdout)
    assert link is not None
    own = {"Origin": site.url, "Sec-Fetch-Site": "same-origin"}
    client = httpx.Client(base_url=site.url, headers=own, timeout=60, trust_env=False, follow_redirects=True)
    send_form(client, f"/admin/enter?token={link[1]}", "/admin/enter", token=link[1])
    assert client.get("/admin").status_code == 200
    return client


def send_form(client: httpx.Client, page: str, to: str, **fields: str) -> httpx.Response:
    """Send the form that stands on `page`."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert token is not None
    return client.post(to, data={"csrf_token": token[1], **fields})

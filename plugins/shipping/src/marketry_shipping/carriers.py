"""Carriers with a public page that follows a parcel."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote as quoted

from marketry_shipping.settings import ShippingSettings

if TYPE_CHECKING:
    from marketry import Context


@dataclass(frozen=True, slots=True)
class PublicCarrier:
    """`page` holds `{number}` where the tracking number goes."""

    code: str
    label: str
    page: str = ""

    def tracking_url(self, ctx: "Context", number: str) -> str | None:
        return tracking_page(self.page, number)


@dataclass(frozen=True, slots=True)
class OwnCarrier:
    """A courier of the merchant's choice; its page is a setting."""

    code: str = "own"
    label: str = "Other carrier"

    def tracking_url(self, ctx: "Context", number: str) -> str | None:
        return tracking_page(ctx.settings(ShippingSettings).tracking_page, number)


def tracking_page(page: str, number: str) -> str | None:
    """The page for one parcel; None without a page or a number."""
    number = "".join(number.split())
    return page.replace("{number}", quoted(number, safe="")) if page and number else None


CARRIERS = (
    PublicCarrier("dhl", "DHL", "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}&submit=1"),
    PublicCarrier("ups", "UPS", "https://www.ups.com/track?loc=en_US&tracknum={number}"),
    PublicCarrier("fedex", "FedEx", "https://www.fedex.com/fedextrack/?trknbr={number}"),
    PublicCarrier("usps", "USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}"),
    PublicCarrier("royal-mail", "Royal Mail", "https://www.royalmail.com/track-your-item#/tracking-results/{number}"),
    PublicCarrier("sf-express", "SF Express", "https://www.sf-express.com/we/ow/chn/en/waybill/waybill-detail/{number}"),
    # China Post's own page asks for a captcha and opens no parcel by address; 17TRACK reads its data.
    PublicCarrier("china-post", "China Post", "https://t.17track.net/en#nums={number}"),
    OwnCarrier(),
)

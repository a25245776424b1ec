"""Means of payment that customers saved."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from marketry.database import UTCDateTime
from marketry_orders.models.base import Table


class SavedMeans(Table, table=True):
    """One card or account at one provider. Without a `customer` it is nobody's any more: its provider is still to be told, then
    the row goes. `token` is the provider's; `expires` the last month (`2034-12`); `whole_person`: its customer was erased.
    `account` and `live` are those of the payment that it was saved by: with other keys it is unknown there."""

    __tablename__ = "orders_saved_means"
    __table_args__ = (Index("ix_orders_saved_means_customer", "customer", "provider"),)

    id: str = Field(primary_key=True, max_length=32)
    customer: str | None = Field(default=None, max_length=64)
    provider: str = Field(max_length=64)
    token: str = Field(max_length=500)
    label: str = Field(max_length=200)
    expires: str = Field(default="", max_length=7)
    same_as: str = Field(default="", max_length=128)
    whole_person: bool = False
    account: str = Field(default="", max_length=255, sa_column_kwargs={"server_default": ""})
    live: bool | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime = Field(sa_type=UTCDateTime)

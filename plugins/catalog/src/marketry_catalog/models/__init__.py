"""The catalogue's tables, by subject."""

from marketry_catalog.models.attributes import Attribute, AttributeValue
from marketry_catalog.models.categories import Category, CategoryPath, CategoryProduct
from marketry_catalog.models.pictures import Picture, Scene
from marketry_catalog.models.products import GroupPrice, GroupRange, Price, PriceRange, Product, ProductSlug, Variant
from marketry_catalog.models.search import (
    Change,
    Popularity,
    SearchDocument,
    SearchEntry,
    SearchNear,
    SearchQuery,
    SearchState,
    SearchTerm,
    Synonym,
)
from marketry_catalog.models.stock import Location, Movement, Reservation, StockLevel

__all__ = [
    "Attribute",
    "AttributeValue",
    "Category",
    "CategoryPath",
    "CategoryProduct",
    "Change",
    "GroupPrice",
    "GroupRange",
    "Location",
    "Movement",
    "Picture",
    "Popularity",
    "Price",
    "PriceRange",
    "Product",
    "ProductSlug",
    "Reservation",
    "Scene",
    "SearchDocument",
    "SearchEntry",
    "SearchNear",
    "SearchQuery",
    "SearchState",
    "SearchTerm",
    "StockLevel",
    "Synonym",
    "Variant",
]

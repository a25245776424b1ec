"""The kinds of files, in the order in which they depend on each other."""

from marketry_catalog.importing.kind import Kind
from marketry_catalog.importing.kinds.attributes import Attributes
from marketry_catalog.importing.kinds.categories import Categories
from marketry_catalog.importing.kinds.pictures import Pictures
from marketry_catalog.importing.kinds.products import Products
from marketry_catalog.importing.kinds.scenes import Scenes
from marketry_catalog.importing.kinds.variants import Variants

KINDS: tuple[type[Kind], ...] = (Scenes, Categories, Attributes, Products, Pictures, Variants)

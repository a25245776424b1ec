"""The living page of components: every macro is on it, with its arguments and what is said of it in the template."""

from marketry.testing.sites import SiteFactory
from marketry.web.design import macros
from marketry.web.values import SYSTEM


def test_every_macro_of_the_kernel_says_what_it_is_for(make_site: SiteFactory) -> None:
    notes = [note for note in macros(make_site(theme="atelier").context(actor=SYSTEM)) if note.template.startswith("ui/")]
    assert {(note.template, note.name) for note in notes} >= {
        ("ui/bits.html", "picture"),
        ("ui/form.html", "field"),
        ("ui/icons.html", "icon"),
    }
    assert [f"{note.template} {note.name}" for note in notes if not note.said and note.name != "id_of"] == []


def test_arguments_are_shown_with_their_defaults(make_site: SiteFactory) -> None:
    [price] = [note for note in macros(make_site().context(actor=SYSTEM)) if note.name == "price"]
    assert price.arguments == "price, compare_at=None, from_price=false"
    assert price.said.startswith("A price: `price` and `compare_at`")

"""Stylesheets kept one per block and sent as one."""

from pathlib import Path

import pytest

from marketry.web import bundles


def files(folder: Path, **contents: str) -> dict[str, Path]:
    found = {}
    for name, content in contents.items():
        found[f"x/{name}.css"] = path = folder / f"{name}.css"
        path.write_text(content, "utf-8")
    return found


def test_parts_are_joined_in_the_lists_order_without_comments_and_blanks(tmp_path: Path) -> None:
    parts = files(tmp_path, a="/* what\n   it is */\n.a {\n  color: red;\n}\n", b=".b { margin: 0 }\n")
    (tmp_path / "x.css.list").write_text("# first\nx/b.css\nx/a.css  # then\n")
    bundles.join(tmp_path / "x.css.list", parts.get, tmp_path / "out" / "x.css")
    assert (tmp_path / "out" / "x.css").read_text() == ".b{margin: 0}\n.a{color: red;}"


def test_a_stronger_layer_replaces_a_part_by_a_file_of_the_same_name(tmp_path: Path) -> None:
    parts = files(tmp_path, a=".a { color: red }", b=".b { margin: 0 }")
    (tmp_path / "x.css.list").write_text("x/a.css\nx/b.css\n")
    (tmp_path / "child.css").write_text(".a { color: blue }")
    bundles.join(tmp_path / "x.css.list", {**parts, "x/a.css": tmp_path / "child.css"}.get, tmp_path / "x.css")
    assert (tmp_path / "x.css").read_text() == ".a{color: blue}\n.b{margin: 0}"


def test_a_part_that_is_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.css.list").write_text("x/gone.css\n")
    with pytest.raises(FileNotFoundError, match=r"x\.css\.list names 'x/gone\.css', which is in no layer"):
        bundles.join(tmp_path / "x.css.list", {}.get, tmp_path / "x.css")
    assert not (tmp_path / "x.css").exists()

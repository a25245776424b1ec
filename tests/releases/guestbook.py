"""A small plugin in three releases, written to disk as installed packages: first, expanded by a column, contracted."""

from pathlib import Path

PLUGIN = """
from marketry import Plugin, hookimpl

plugin = Plugin(id="guestbook", title="Guestbook", models="marketry_guestbook.models")


@hookimpl
def routes(area):
    from marketry_guestbook.routes import shop
    return [shop] if area == "shop" else []
"""
MODELS = """
from sqlmodel import Field
from marketry.database import plugin_base

Base = plugin_base("guestbook")


class Entry(Base, table=True):
    __tablename__ = "guestbook_entry"
    id: int | None = Field(default=None, primary_key=True)
    words: str = Field(max_length=200)
{more}
"""
ROUTES = """
from fastapi.responses import JSONResponse
from sqlmodel import select
from marketry.web import Ctx, Router, public
from marketry_guestbook.models import Entry

shop = Router()


@shop.get("/guestbook")
@public
def entries(ctx: Ctx):
    with ctx.reading() as session:
        return JSONResponse(list(session.scalars(select(Entry.words).order_by(Entry.id))))


@shop.get("/guestbook/sign/{words}")
@public
def sign(ctx: Ctx, words: str):
    with ctx.writing() as session:
        session.add(Entry(words=words))
    return JSONResponse({"release": "RELEASE"}, 201)
"""
FIRST = '''
"""Create the guestbook."""
import sqlalchemy as sa
from alembic import op
revision = "0001"
down_revision = None

def upgrade():
    words = sa.Column("words", sa.String(200), nullable=False)
    op.create_table("guestbook_entry", sa.Column("id", sa.Integer, primary_key=True), words)
'''
EXPAND = '''
"""Let an entry have a mood: a column that older releases need not know."""
import sqlalchemy as sa
from alembic import op
revision = "0002"
down_revision = "0001"

def upgrade():
    op.add_column("guestbook_entry", sa.Column("mood", sa.String(20), nullable=False, server_default="calm"))
'''
CONTRACT = '''
"""Releases before 2.0 do not know what is taken away here."""
from alembic import op
revision = "0003"
down_revision = "0002"
min_version = "2.0"

def upgrade():
    with op.batch_alter_table("guestbook_entry") as table:
        table.alter_column("mood", server_default=None)
'''
MOOD = '    mood: str = Field(default="calm", max_length=20, sa_column_kwargs={"server_default": "calm"})'


def write_release(folder: Path, version: str, migrations: int, mood: bool) -> Path:
    """The release as a folder for PYTHONPATH; returns it."""
    package, metadata = folder / "marketry_guestbook", folder / f"marketry_guestbook-{version}.dist-info"
    (package / "migrations").mkdir(parents=True)
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: marketry-guestbook\nVersion: {version}\n")
    (metadata / "entry_points.txt").write_text("[marketry.plugins]\nguestbook = marketry_guestbook.plugin:plugin\n")
    (package / "__init__.py").write_text("")
    (package / "plugin.py").write_text(PLUGIN)
    (package / "models.py").write_text(MODELS.format(more=MOOD if mood else ""))
    (package / "routes.py").write_text(ROUTES.replace("RELEASE", version))
    for number, text in enumerate((FIRST, EXPAND, CONTRACT)[:migrations], 1):
        (package / "migrations" / f"{number:04}_step.py").write_text(text)
    return folder

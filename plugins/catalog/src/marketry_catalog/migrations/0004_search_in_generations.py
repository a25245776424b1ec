"""Search in generations, with words to be led to, synonyms, counted queries and a log of what changed for lists."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

# An external-content table: the words stand once, in catalog_search_entry; triggers keep the index beside them.
_ADD = (
    "INSERT INTO catalog_search_words(rowid, title, tags, summary, body) "
    "VALUES (new.id, new.title, new.tags, new.summary, new.body); "
)
_DROP = (
    "INSERT INTO catalog_search_words(catalog_search_words, rowid, title, tags, summary, body) "
    "VALUES ('delete', old.id, old.title, old.tags, old.summary, old.body); "
)
SQLITE = (
    "CREATE VIRTUAL TABLE catalog_search_words USING fts5("
    "title, tags, summary, body, content='catalog_search_entry', content_rowid='id')",
    f"CREATE TRIGGER catalog_search_entry_added AFTER INSERT ON catalog_search_entry BEGIN {_ADD}END",
    f"CREATE TRIGGER catalog_search_entry_gone AFTER DELETE ON catalog_search_entry BEGIN {_DROP}END",
    f"CREATE TRIGGER catalog_search_entry_changed AFTER UPDATE ON catalog_search_entry BEGIN {_DROP}{_ADD}END",
)
# Stored, since ranking would make it anew from the words for every product that was found.
POSTGRESQL = (
    "ALTER TABLE catalog_search_entry ADD COLUMN vector tsvector GENERATED ALWAYS AS ("
    "setweight(to_tsvector('simple'::regconfig, title), 'A') || setweight(to_tsvector('simple'::regconfig, tags), 'B') || "
    "setweight(to_tsvector('simple'::regconfig, summary), 'C') || setweight(to_tsvector('simple'::regconfig, body), 'D')) STORED",
    "CREATE INDEX ix_catalog_search_entry_vector ON catalog_search_entry USING gin (vector)",
)


def upgrade() -> None:
    op.create_table(
        "catalog_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_change")),
    )
    op.create_table(
        "catalog_search_near",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("word", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("generation", "locale", "key", "word", name=op.f("pk_catalog_search_near")),
    )
    op.create_table(
        "catalog_search_query",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("q", sa.String(80), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.CheckConstraint("times > 0", name=op.f("ck_catalog_search_query_times")),
        sa.PrimaryKeyConstraint("day", "locale", "q", name=op.f("pk_catalog_search_query")),
    )
    with op.batch_alter_table("catalog_search_query", schema=None) as batch_op:
        batch_op.create_index("ix_catalog_search_query_text", ["locale", "q"], unique=False)

    op.create_table(
        "catalog_search_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("building", sa.Integer(), nullable=False),
        sa.Column("built_to", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_search_state")),
    )
    op.create_table(
        "catalog_search_term",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("word", sa.String(40), nullable=False),
        sa.Column("products", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("generation", "locale", "word", name=op.f("pk_catalog_search_term")),
    )
    op.create_table(
        "catalog_synonym",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("term", sa.String(100), nullable=False),
        sa.Column("words", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_synonym")),
    )
    with op.batch_alter_table("catalog_synonym", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_synonym_locale"), ["locale"], unique=False)

    op.create_table(
        "catalog_popularity",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["catalog_product.id"], name=op.f("fk_catalog_popularity_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("month", "product_id", name=op.f("pk_catalog_popularity")),
    )
    op.create_table(
        "catalog_search_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["catalog_product.id"], name=op.f("fk_catalog_search_entry_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_search_entry")),
        sa.UniqueConstraint("product_id", "locale", "generation", name="uq_catalog_search_entry"),
    )
    with op.batch_alter_table("catalog_search_entry", schema=None) as batch_op:
        batch_op.create_index("ix_catalog_search_entry_generation", ["generation"], unique=False)

    op.execute("INSERT INTO catalog_search_state (id, generation, building, built_to) VALUES (1, 1, 0, 0)")
    op.execute("UPDATE catalog_product SET indexed_at = NULL")  # the background fills the new index
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)

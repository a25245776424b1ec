"""Index the words for search: FTS5 on SQLite, a GIN index on PostgreSQL."""

from alembic import op

revision = "0002"
down_revision = "0001"

# An external-content table: the words stand once, in catalog_search_document; triggers keep the index beside them.
SQLITE = (
    "CREATE VIRTUAL TABLE catalog_search_fts USING fts5(title, body, content='catalog_search_document', content_rowid='id')",
    "CREATE TRIGGER catalog_search_document_added AFTER INSERT ON catalog_search_document BEGIN "
    "INSERT INTO catalog_search_fts(rowid, title, body) VALUES (new.id, new.title, new.body); END",
    "CREATE TRIGGER catalog_search_document_gone AFTER DELETE ON catalog_search_document BEGIN "
    "INSERT INTO catalog_search_fts(catalog_search_fts, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); END",
    "CREATE TRIGGER catalog_search_document_changed AFTER UPDATE ON catalog_search_document BEGIN "
    "INSERT INTO catalog_search_fts(catalog_search_fts, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); "
    "INSERT INTO catalog_search_fts(rowid, title, body) VALUES (new.id, new.title, new.body); END",
)
POSTGRESQL = (
    "CREATE INDEX ix_catalog_search_document_words ON catalog_search_document USING gin ("
    "(setweight(to_tsvector('simple'::regconfig, catalog_search_document.title), 'A') || "
    "setweight(to_tsvector('simple'::regconfig, catalog_search_document.body), 'D')))"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
    else:
        op.execute(POSTGRESQL)

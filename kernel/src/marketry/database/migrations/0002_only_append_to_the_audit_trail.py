"""Only append to the audit trail: the database itself refuses to change or delete an entry, but for blanking a name."""

from alembic import op

revision = "0002"
down_revision = "0001"

FIXED = "id, at, actor, channel, action, subject, details"
SQLITE = (
    "CREATE TRIGGER kernel_audit_kept BEFORE DELETE ON kernel_audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    f"CREATE TRIGGER kernel_audit_fixed BEFORE UPDATE OF {FIXED} ON kernel_audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    "CREATE TRIGGER kernel_audit_named BEFORE UPDATE OF actor_name ON kernel_audit WHEN new.actor_name <> '' "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION kernel_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
    f"CREATE TRIGGER kernel_audit_fixed BEFORE DELETE OR UPDATE OF {FIXED} ON kernel_audit "
    "FOR EACH ROW EXECUTE FUNCTION kernel_audit_refuse()",
    "CREATE TRIGGER kernel_audit_named BEFORE UPDATE OF actor_name ON kernel_audit "
    "FOR EACH ROW WHEN (new.actor_name <> '') EXECUTE FUNCTION kernel_audit_refuse()",
)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)

"""The kernel's tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table('kernel_generation',
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_kernel_generation'))
    )
    op.create_table('kernel_plugin_schema',
    sa.Column('plugin', sa.String(64), nullable=False),
    sa.Column('revision', sa.String(64), nullable=False),
    sa.Column('min_version', sa.String(32), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('plugin', name=op.f('pk_kernel_plugin_schema'))
    )
    op.create_table('kernel_session',
    sa.Column('hash', sa.String(64), nullable=False),
    sa.Column('kind', sa.String(16), nullable=False),
    sa.Column('subject', sa.String(80), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('customer', 'staff')", name=op.f('ck_kernel_session_kind')),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_kernel_session'))
    )
    with op.batch_alter_table('kernel_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kernel_session_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_kernel_session_subject'), ['subject'], unique=False)

    op.create_table('kernel_setting',
    sa.Column('owner', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('value', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    sa.Column('sealed', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('owner', 'name', name=op.f('pk_kernel_setting'))
    )

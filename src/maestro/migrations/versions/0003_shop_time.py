"""Migration: keeps how far the time of a simulated shop may have come."""

from datetime import UTC, datetime, time

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment; a shop that is there already goes on at the end of its last closed day."""
    with op.batch_alter_table("retail_simulation") as table:
        table.add_column(sa.Column("clock_until", sa.DateTime(timezone=True), nullable=True))
    simulation = sa.table(
        "retail_simulation",
        sa.column("id", sa.Integer()),
        sa.column("closed_day", sa.Date()),
        sa.column("clock_until", sa.DateTime(timezone=True)),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(simulation.c.id, simulation.c.closed_day)).all():
        ended = datetime.combine(row.closed_day, time(23), UTC)
        changed = simulation.update().where(simulation.c.id == row.id).values(clock_until=ended)
        connection.execute(changed)
    with op.batch_alter_table("retail_simulation") as table:
        table.alter_column("clock_until", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("retail_simulation") as table:
        table.drop_column("clock_until")

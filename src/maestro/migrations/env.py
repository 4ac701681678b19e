"""Migration environment: runs Alembic's scripts on the engine that Maestro hands over."""

from typing import Any, Literal

from alembic import context

from maestro.database import Base, UtcDateTime


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our moments as the plain type they are in the database; old scripts need no code of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render,
        render_as_batch=engine.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()

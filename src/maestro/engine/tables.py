"""Tables: the base of everything that the engine keeps beside DBOS's own records, in the journal database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, MetaData, text
from sqlalchemy.orm import DeclarativeBase

from maestro.database import Base, Database, UtcDateTime


class EngineBase(DeclarativeBase):
    """Base of the engine's tables; they live where the journal lives, apart from agents and packs."""

    metadata = MetaData(naming_convention=Base.metadata.naming_convention)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


def create_tables(records: Database) -> None:
    """Create what is missing of the engine's tables; what is there stays as it is."""
    with records.engine.begin() as connection:
        if records.dialect == "postgresql":
            # two processes that start at once would both try to create the same table
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('maestro engine tables'))"))
        EngineBase.metadata.create_all(connection)

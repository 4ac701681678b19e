"""Migration: creates the first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table, the ones that others refer to first."""
    _create_accounts()
    _create_audit_head()
    _create_audit_log()
    _create_autonomy_changes()
    _create_autonomy_states()
    _create_decision_cycles()
    _create_decisions()
    _create_retail_imported_days()
    _create_retail_imports()
    _create_retail_locations()
    _create_retail_shop()
    _create_retail_simulation()
    _create_retail_suppliers()
    _create_retail_worth()
    _create_decision_bodies()
    _create_decision_events()
    _create_idempotent_requests()
    _create_retail_orders()
    _create_retail_products()
    _create_sign_in_links()
    _create_sign_in_sessions()
    _create_refresh_tokens()
    _create_retail_daily_sales()
    _create_retail_movements()
    _create_retail_order_lines()
    _create_retail_stock()


def downgrade() -> None:
    """Drop every table, with what is in it."""
    for table in (
        "retail_stock",
        "retail_order_lines",
        "retail_movements",
        "retail_daily_sales",
        "refresh_tokens",
        "sign_in_sessions",
        "sign_in_links",
        "retail_products",
        "retail_orders",
        "idempotent_requests",
        "decision_events",
        "decision_bodies",
        "retail_worth",
        "retail_suppliers",
        "retail_simulation",
        "retail_shop",
        "retail_locations",
        "retail_imports",
        "retail_imported_days",
        "decisions",
        "decision_cycles",
        "autonomy_states",
        "autonomy_changes",
        "audit_log",
        "audit_head",
        "accounts",
    ):
        op.drop_table(table)


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
        sqlite_autoincrement=True,
    )


def _create_audit_head() -> None:
    op.create_table(
        "audit_head",
        sa.Column("chain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_head")),
    )


def _create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("action", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=320), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index("ix_audit_log_subject", ["subject", "id"], unique=False)


def _create_autonomy_changes() -> None:
    op.create_table(
        "autonomy_changes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("agent", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_autonomy_changes")),
    )
    with op.batch_alter_table("autonomy_changes", schema=None) as batch_op:
        batch_op.create_index("ix_autonomy_changes_agent", ["agent", "id"], unique=False)


def _create_autonomy_states() -> None:
    op.create_table(
        "autonomy_states",
        sa.Column("agent", sa.String(length=100), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_autonomy_states")),
    )


def _create_decision_cycles() -> None:
    op.create_table(
        "decision_cycles",
        sa.Column("agent", sa.String(length=100), nullable=False),
        sa.Column("cycle", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed", sa.Integer(), nullable=False),
        sa.Column("max_loss", sa.Double(), nullable=False),
        sa.Column("measured", sa.Integer(), nullable=False),
        sa.Column("covered", sa.Integer(), nullable=False),
        sa.Column("gain", sa.Double(), nullable=False),
        sa.Column("acted", sa.Integer(), nullable=False),
        sa.Column("earned", sa.Double(), nullable=False),
        sa.Column("normalised", sa.Double(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("agent", "cycle", name=op.f("pk_decision_cycles")),
    )


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(length=28), nullable=False),
        sa.Column("agent", sa.String(length=100), nullable=False),
        sa.Column("pack", sa.String(length=100), nullable=False),
        sa.Column("cycle", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject_kind", sa.String(length=50), nullable=False),
        sa.Column("subject_id", sa.String(length=200), nullable=False),
        sa.Column("subject_label", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("allowed_by", sa.String(length=320), nullable=False),
        sa.Column("cost", sa.Double(), nullable=False),
        sa.Column("predicted_mean", sa.Double(), nullable=False),
        sa.Column("predicted", sa.JSON(), nullable=False),
        sa.Column("measure_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("executed_on", sa.Date(), nullable=True),
        sa.Column("gain", sa.Double(), nullable=True),
        sa.Column("covered", sa.Boolean(), nullable=True),
        sa.Column("method", sa.String(length=50), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("measured_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("agent", "cycle", "subject_kind", "subject_id", name="uq_decisions_once"),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index("ix_decisions_agent", ["agent", "id"], unique=False)
        batch_op.create_index("ix_decisions_agent_decided", ["agent", "decided_at"], unique=False)
        batch_op.create_index("ix_decisions_agent_status", ["agent", "status", "id"], unique=False)
        batch_op.create_index(
            "ix_decisions_agent_subject", ["agent", "subject_id", "decided_at"], unique=False
        )
        batch_op.create_index("ix_decisions_allowed_by", ["allowed_by"], unique=False)
        batch_op.create_index("ix_decisions_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_decisions_executed_on", ["executed_on", "agent"], unique=False)
        batch_op.create_index(
            "ix_decisions_measured_on", ["measured_on", "agent", "allowed_by", "gain"], unique=False
        )
        batch_op.create_index("ix_decisions_status", ["status", "id"], unique=False)
        batch_op.create_index("ix_decisions_subject", ["subject_id", "id"], unique=False)


def _create_retail_imported_days() -> None:
    op.create_table(
        "retail_imported_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_retail_imported_days")),
    )


def _create_retail_imports() -> None:
    op.create_table(
        "retail_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=400), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("merged", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("quarantine_file", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_imports")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_retail_imports_content_hash")),
    )


def _create_retail_locations() -> None:
    op.create_table(
        "retail_locations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_locations")),
        sa.UniqueConstraint("code", name=op.f("uq_retail_locations_code")),
    )


def _create_retail_shop() -> None:
    op.create_table(
        "retail_shop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_shop")),
    )


def _create_retail_simulation() -> None:
    op.create_table(
        "retail_simulation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("live_from", sa.Date(), nullable=False),
        sa.Column("closed_day", sa.Date(), nullable=False),
        sa.Column("start", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_simulation")),
    )


def _create_retail_suppliers() -> None:
    op.create_table(
        "retail_suppliers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("lead_time_min_days", sa.Integer(), nullable=False),
        sa.Column("lead_time_mean_days", sa.Double(), nullable=False),
        sa.Column("lead_time_max_days", sa.Integer(), nullable=False),
        sa.Column("lead_time_samples_days", sa.JSON(), nullable=False),
        sa.Column("minimum_order_value", sa.Double(), nullable=False),
        sa.Column("minimum_order_quantity", sa.Integer(), nullable=False),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "lead_time_min_days >= 0 AND lead_time_min_days <= lead_time_mean_days AND lead_time_mean_days <= lead_time_max_days",
            name=op.f("ck_retail_suppliers_lead_time"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_suppliers")),
        sa.UniqueConstraint("code", name=op.f("uq_retail_suppliers_code")),
    )


def _create_retail_worth() -> None:
    op.create_table(
        "retail_worth",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("with_agents", sa.Double(), nullable=False),
        sa.Column("without_agents", sa.Double(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("sold_without", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_retail_worth")),
    )


def _create_decision_bodies() -> None:
    op.create_table(
        "decision_bodies",
        sa.Column("decision_id", sa.String(length=28), nullable=False),
        sa.Column("action", sa.JSON(), nullable=False),
        sa.Column("baseline", sa.JSON(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("forecast_version", sa.String(length=200), nullable=False),
        sa.Column("guards", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decisions.id"],
            name=op.f("fk_decision_bodies_decision_id_decisions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decision_bodies")),
    )


def _create_decision_events() -> None:
    op.create_table(
        "decision_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("decision_id", sa.String(length=28), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=50), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decisions.id"],
            name=op.f("fk_decision_events_decision_id_decisions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_events")),
    )
    with op.batch_alter_table("decision_events", schema=None) as batch_op:
        batch_op.create_index("ix_decision_events_decision", ["decision_id", "id"], unique=False)


def _create_idempotent_requests() -> None:
    op.create_table(
        "idempotent_requests",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_idempotent_requests_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotent_requests")),
    )
    with op.batch_alter_table("idempotent_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotent_requests_began_at"), ["began_at"], unique=False)


def _create_retail_orders() -> None:
    op.create_table(
        "retail_orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["retail_locations.id"],
            name=op.f("fk_retail_orders_location_id_retail_locations"),
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["retail_suppliers.id"],
            name=op.f("fk_retail_orders_supplier_id_retail_suppliers"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_orders")),
        sa.UniqueConstraint("key", name=op.f("uq_retail_orders_key")),
    )
    with op.batch_alter_table("retail_orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retail_orders_location_id"), ["location_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_retail_orders_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_retail_orders_supplier_id"), ["supplier_id"], unique=False)


def _create_retail_products() -> None:
    op.create_table(
        "retail_products",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("name_ko", sa.String(length=400), nullable=False),
        sa.Column("category", sa.String(length=120), nullable=False),
        sa.Column("price", sa.Double(), nullable=False),
        sa.Column("unit_cost", sa.Double(), nullable=False),
        sa.Column("unit_cost_assumed", sa.Boolean(), nullable=False),
        sa.Column("pack_size", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("pack_size >= 1", name=op.f("ck_retail_products_pack_size")),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["retail_suppliers.id"],
            name=op.f("fk_retail_products_supplier_id_retail_suppliers"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_products")),
        sa.UniqueConstraint("sku", name=op.f("uq_retail_products_sku")),
    )
    with op.batch_alter_table("retail_products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retail_products_category"), ["category"], unique=False)
        batch_op.create_index(batch_op.f("ix_retail_products_supplier_id"), ["supplier_id"], unique=False)


def _create_sign_in_links() -> None:
    op.create_table(
        "sign_in_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_sign_in_links_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_links_token_hash")),
    )
    with op.batch_alter_table("sign_in_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_links_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_links_expires_at"), ["expires_at"], unique=False)


def _create_sign_in_sessions() -> None:
    op.create_table(
        "sign_in_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_sign_in_sessions_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_in_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_sessions_account_id"), ["account_id"], unique=False)


def _create_refresh_tokens() -> None:
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sign_in_sessions.id"],
            name=op.f("fk_refresh_tokens_session_id_sign_in_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_tokens_token_hash")),
    )
    with op.batch_alter_table("refresh_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refresh_tokens_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_refresh_tokens_session_id"), ["session_id"], unique=False)


def _create_retail_daily_sales() -> None:
    op.create_table(
        "retail_daily_sales",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("revenue", sa.Double(), nullable=False),
        sa.Column("stock_out", sa.Boolean(), nullable=False),
        sa.Column("stock_end", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["retail_locations.id"],
            name=op.f("fk_retail_daily_sales_location_id_retail_locations"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["retail_products.id"],
            name=op.f("fk_retail_daily_sales_product_id_retail_products"),
        ),
        sa.PrimaryKeyConstraint("product_id", "location_id", "day", name=op.f("pk_retail_daily_sales")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("retail_daily_sales", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retail_daily_sales_day"), ["day"], unique=False)


def _create_retail_movements() -> None:
    op.create_table(
        "retail_movements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["retail_locations.id"],
            name=op.f("fk_retail_movements_location_id_retail_locations"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["retail_products.id"],
            name=op.f("fk_retail_movements_product_id_retail_products"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_movements")),
        sa.UniqueConstraint("key", "line", name=op.f("uq_retail_movements_key")),
    )
    with op.batch_alter_table("retail_movements", schema=None) as batch_op:
        batch_op.create_index("ix_retail_movements_at", ["at"], unique=False)
        batch_op.create_index("ix_retail_movements_place", ["product_id", "location_id", "id"], unique=False)


def _create_retail_order_lines() -> None:
    op.create_table(
        "retail_order_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("unit_cost", sa.Float(), nullable=False),
        sa.Column("decision_id", sa.String(length=60), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_retail_order_lines_quantity")),
        sa.CheckConstraint(
            "received >= 0 AND received <= quantity", name=op.f("ck_retail_order_lines_received")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["retail_orders.id"], name=op.f("fk_retail_order_lines_order_id_retail_orders")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["retail_products.id"],
            name=op.f("fk_retail_order_lines_product_id_retail_products"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_order_lines")),
        sa.UniqueConstraint("order_id", "product_id", name=op.f("uq_retail_order_lines_order_id")),
    )
    with op.batch_alter_table("retail_order_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retail_order_lines_decision_id"), ["decision_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_retail_order_lines_product_id"), ["product_id"], unique=False)


def _create_retail_stock() -> None:
    op.create_table(
        "retail_stock",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("on_order", sa.Integer(), nullable=False),
        sa.Column("sold_28d", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_retail_stock_on_hand")),
        sa.CheckConstraint("on_order >= 0", name=op.f("ck_retail_stock_on_order")),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["retail_locations.id"],
            name=op.f("fk_retail_stock_location_id_retail_locations"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["retail_products.id"], name=op.f("fk_retail_stock_product_id_retail_products")
        ),
        sa.PrimaryKeyConstraint("product_id", "location_id", name=op.f("pk_retail_stock")),
    )
    with op.batch_alter_table("retail_stock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retail_stock_location_id"), ["location_id"], unique=False)

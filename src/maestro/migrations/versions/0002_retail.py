"""Migration: creates the tables of a shop."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them, those first that others refer to."""
    _create_retail_imported_days()
    _create_retail_imports()
    _create_retail_locations()
    _create_retail_shop()
    _create_retail_simulation()
    _create_retail_suppliers()
    _create_retail_worth()
    _create_retail_orders()
    _create_retail_products()
    _create_retail_daily_sales()
    _create_retail_movements()
    _create_retail_order_lines()
    _create_retail_stock()


def downgrade() -> None:
    """Drop them, with what is in them."""
    for table in (
        "retail_stock",
        "retail_order_lines",
        "retail_movements",
        "retail_daily_sales",
        "retail_products",
        "retail_orders",
        "retail_worth",
        "retail_suppliers",
        "retail_simulation",
        "retail_shop",
        "retail_locations",
        "retail_imports",
        "retail_imported_days",
    ):
        op.drop_table(table)


def _create_retail_imported_days() -> None:
    op.create_table(
        "retail_imported_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_retail_imported_days"),
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
        sa.PrimaryKeyConstraint("id", name="pk_retail_imports"),
        sa.UniqueConstraint("content_hash", name="uq_retail_imports_content_hash"),
    )


def _create_retail_locations() -> None:
    op.create_table(
        "retail_locations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_retail_locations"),
        sa.UniqueConstraint("code", name="uq_retail_locations_code"),
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
        sa.PrimaryKeyConstraint("id", name="pk_retail_shop"),
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
        sa.PrimaryKeyConstraint("id", name="pk_retail_simulation"),
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
            name="ck_retail_suppliers_lead_time",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_retail_suppliers"),
        sa.UniqueConstraint("code", name="uq_retail_suppliers_code"),
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
        sa.PrimaryKeyConstraint("day", name="pk_retail_worth"),
    )


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
            ["location_id"], ["retail_locations.id"], name="fk_retail_orders_location_id_retail_locations"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["retail_suppliers.id"], name="fk_retail_orders_supplier_id_retail_suppliers"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_retail_orders"),
        sa.UniqueConstraint("key", name="uq_retail_orders_key"),
    )
    with op.batch_alter_table("retail_orders", schema=None) as batch_op:
        batch_op.create_index("ix_retail_orders_location_id", ["location_id"], unique=False)
        batch_op.create_index("ix_retail_orders_status", ["status"], unique=False)
        batch_op.create_index("ix_retail_orders_supplier_id", ["supplier_id"], unique=False)


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
        sa.CheckConstraint("pack_size >= 1", name="ck_retail_products_pack_size"),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["retail_suppliers.id"], name="fk_retail_products_supplier_id_retail_suppliers"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_retail_products"),
        sa.UniqueConstraint("sku", name="uq_retail_products_sku"),
    )
    with op.batch_alter_table("retail_products", schema=None) as batch_op:
        batch_op.create_index("ix_retail_products_category", ["category"], unique=False)
        batch_op.create_index("ix_retail_products_supplier_id", ["supplier_id"], unique=False)


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
            name="fk_retail_daily_sales_location_id_retail_locations",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["retail_products.id"], name="fk_retail_daily_sales_product_id_retail_products"
        ),
        sa.PrimaryKeyConstraint("product_id", "location_id", "day", name="pk_retail_daily_sales"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("retail_daily_sales", schema=None) as batch_op:
        batch_op.create_index("ix_retail_daily_sales_day", ["day"], unique=False)


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
            ["location_id"], ["retail_locations.id"], name="fk_retail_movements_location_id_retail_locations"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["retail_products.id"], name="fk_retail_movements_product_id_retail_products"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_retail_movements"),
        sa.UniqueConstraint("key", "line", name="uq_retail_movements_key"),
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
        sa.CheckConstraint("quantity > 0", name="ck_retail_order_lines_quantity"),
        sa.CheckConstraint("received >= 0 AND received <= quantity", name="ck_retail_order_lines_received"),
        sa.ForeignKeyConstraint(
            ["order_id"], ["retail_orders.id"], name="fk_retail_order_lines_order_id_retail_orders"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["retail_products.id"], name="fk_retail_order_lines_product_id_retail_products"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_retail_order_lines"),
        sa.UniqueConstraint("order_id", "product_id", name="uq_retail_order_lines_order_id"),
    )
    with op.batch_alter_table("retail_order_lines", schema=None) as batch_op:
        batch_op.create_index("ix_retail_order_lines_decision_id", ["decision_id"], unique=False)
        batch_op.create_index("ix_retail_order_lines_product_id", ["product_id"], unique=False)


def _create_retail_stock() -> None:
    op.create_table(
        "retail_stock",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("on_order", sa.Integer(), nullable=False),
        sa.Column("sold_28d", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.CheckConstraint("on_hand >= 0", name="ck_retail_stock_on_hand"),
        sa.CheckConstraint("on_order >= 0", name="ck_retail_stock_on_order"),
        sa.ForeignKeyConstraint(
            ["location_id"], ["retail_locations.id"], name="fk_retail_stock_location_id_retail_locations"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["retail_products.id"], name="fk_retail_stock_product_id_retail_products"
        ),
        sa.PrimaryKeyConstraint("product_id", "location_id", name="pk_retail_stock"),
    )
    with op.batch_alter_table("retail_stock", schema=None) as batch_op:
        batch_op.create_index("ix_retail_stock_location_id", ["location_id"], unique=False)

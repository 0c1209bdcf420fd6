"""A price list into a catalog the way it is usually written in Python: pandas reads it in chunks, pydantic checks
every row, SQLAlchemy upserts in batches and keeps a history of the prices that changed. One transaction.

Usage: pipeline.py FILE DATABASE_URL

Runs on pydantic 1 and 2 and on SQLAlchemy 1.4 and 2.0. Prints counts as JSON.
"""

import json
import sys
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Dict, Optional

import pandas as pd
import pydantic
import sqlalchemy as sa

CHUNK = 10_000
# SQLite's oldest limit of parameters is 999.
LOOKUP = 900

COLUMNS = {
    "Artikelnummer": "sku",
    "Bezeichnung": "name",
    "Hersteller": "brand",
    "Warengruppe": "category",
    "Einheit": "unit",
    "Nettopreis": "price_cents",
    "Währung": "currency",
}


def cents(value) -> int:
    """"1.234,56", or the number that a workbook holds."""
    text = value if isinstance(value, str) else repr(value)
    if isinstance(value, str):
        text = text.replace(".", "").replace(",", ".")
    try:
        price = Decimal(text) * 100
    except InvalidOperation:
        raise ValueError(f"{value!r} is no price")
    if price < 0 or price != price.to_integral_value():
        raise ValueError(f"{value!r} is no price in cents")
    return int(price)


if pydantic.VERSION.startswith("1."):
    validated = {"before": lambda field: pydantic.validator(field, pre=True)}
    pattern = {"regex": "^[A-Z]{3}$"}
    as_dict = pydantic.BaseModel.dict
else:
    validated = {"before": lambda field: pydantic.field_validator(field, mode="before")}
    pattern = {"pattern": "^[A-Z]{3}$"}
    as_dict = pydantic.BaseModel.model_dump


class Item(pydantic.BaseModel):
    sku: str = pydantic.Field(min_length=1, max_length=255)
    name: str = pydantic.Field(min_length=1, max_length=500)
    brand: Optional[str]
    category: Optional[str]
    unit: Optional[str]
    price_cents: int
    currency: str = pydantic.Field(**pattern)
    characteristics: Dict[str, str]

    @validated["before"]("price_cents")
    def read_price(cls, value):
        return cents(value)


def chunks(path):
    if not path.endswith(".xlsx"):
        yield from pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, chunksize=CHUNK)
        return
    frame = pd.read_excel(path, dtype=object, keep_default_na=False)
    for start in range(0, len(frame), CHUNK):
        yield frame[start : start + CHUNK]


def connect(url):
    if not url.startswith("sqlite"):
        from sqlalchemy.dialects.postgresql import JSONB, insert

        # SQLAlchemy 1.4 sends a row at a time unless told otherwise; 2.0 batches by itself.
        options = {"executemany_mode": "values_plus_batch"} if sa.__version__.startswith("1.") else {}
        return sa.create_engine(url, **options), JSONB, insert
    from sqlalchemy.dialects.sqlite import insert

    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def tune(connection, _record):
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        connection.execute("pragma cache_size = -65536")

    return engine, sa.JSON, insert


def main(path, url):
    engine, Json, insert = connect(url)
    metadata = sa.MetaData()
    items = sa.Table(
        "items",
        metadata,
        sa.Column("supplier_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sku", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("brand", sa.Text),
        sa.Column("category", sa.Text),
        sa.Column("unit", sa.Text),
        sa.Column("price_cents", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("characteristics", Json, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    history = sa.Table(
        "price_history",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("supplier_id", sa.Integer, nullable=False),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("price_cents", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("price_history_item", "supplier_id", "sku"),
    )
    metadata.create_all(engine)

    supplier_id = 1
    now = datetime.now(timezone.utc)
    statement = insert(items)
    written = [c.name for c in items.columns if not c.primary_key]
    upsert = statement.on_conflict_do_update(
        index_elements=["supplier_id", "sku"], set_={name: statement.excluded[name] for name in written}
    )
    counts = {"rows": 0, "rejected": 0, "price_changes": 0}
    with engine.begin() as connection:
        for frame in chunks(path):
            others = [name for name in frame.columns if name not in COLUMNS]
            rows = []
            for record in frame.to_dict("records"):
                fields = {field: record[column] for column, field in COLUMNS.items()}
                fields["characteristics"] = {name: str(record[name]) for name in others if record[name] != ""}
                try:
                    rows.append(as_dict(Item(**fields)))
                except pydantic.ValidationError:
                    counts["rejected"] += 1
            for row in rows:
                row["supplier_id"] = supplier_id
                row["updated_at"] = now
            known = prices(connection, items, supplier_id, [row["sku"] for row in rows])
            changes = [
                {
                    "supplier_id": supplier_id,
                    "sku": row["sku"],
                    "price_cents": row["price_cents"],
                    "currency": row["currency"],
                    "recorded_at": now,
                }
                for row in rows
                if known.get(row["sku"]) != (row["price_cents"], row["currency"])
            ]
            if changes:
                connection.execute(sa.insert(history), changes)
            if rows:
                connection.execute(upsert, rows)
            counts["rows"] += len(rows)
            counts["price_changes"] += len(changes)
    print(json.dumps(counts))


def prices(connection, items, supplier_id, skus):
    known = {}
    for start in range(0, len(skus), LOOKUP):
        found = connection.execute(
            sa.select(items.c.sku, items.c.price_cents, items.c.currency).where(
                items.c.supplier_id == supplier_id, items.c.sku.in_(skus[start : start + LOOKUP])
            )
        )
        known.update((sku, (price, currency)) for sku, price, currency in found)
    return known


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

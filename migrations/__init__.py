"""Alembic migrations for both databases. They are run by `db.migrate`, which hands over the connection."""

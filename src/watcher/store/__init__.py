"""What is remembered: tables, queries, migrations; the only door to SQLAlchemy."""

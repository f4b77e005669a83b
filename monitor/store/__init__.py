"""The database, split by noun. Public contract of its tables: storage/README.md."""

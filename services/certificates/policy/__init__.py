"""The register's policy rows."""

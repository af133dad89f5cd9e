"""The same system on one machine without containers: real Kafka, schema registry and PostgreSQL from packages.

For development, tests and trying it out. It is not how a county runs the system: that is `deploy/compose.yaml`.
"""

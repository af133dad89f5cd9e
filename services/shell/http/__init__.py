"""The HTTP API of a service: the application, who may call, one call in one transaction, answers, and the endpoints that all have."""

"""The doors of a service: the application, who may call, one call in one transaction, answers, and what every door offers."""

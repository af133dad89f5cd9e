"""Errors put into the clean lists, each about somebody to whom nothing else happens: at least three of every rule, more at a set share."""

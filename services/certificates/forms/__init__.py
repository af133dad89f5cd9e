"""Printable official forms: facts in, a `Form` out, one renderer to a page. Words only; nothing here decides, reads or records."""

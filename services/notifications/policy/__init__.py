"""Routing, ladders, texts and limits as rows."""

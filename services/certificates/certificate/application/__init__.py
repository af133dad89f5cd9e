"""The first chapter: from application to public notice."""

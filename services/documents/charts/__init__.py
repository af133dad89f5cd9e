"""Charts for offices: as a picture on a page, and as office programs draw them themselves."""

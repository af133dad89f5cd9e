"""What is true of the lists: each rule row by row in plain Python, written from the domain reference and from nothing of the services."""

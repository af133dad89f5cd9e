"""What is known of one county at one moment, as tables in memory; every comparison is a SELECT over them."""

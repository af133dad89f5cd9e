"""What a process needs around the kernel: HTTP, consumer, tokens, logs, migrations, the command line. All I/O with people and machines."""

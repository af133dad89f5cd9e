"""What a process needs around the kernel: doors, consumer, tokens, logs, migrations, the command line. All I/O with people and machines."""

"""The command line: one file a group of commands. Only here does tix exit or print."""

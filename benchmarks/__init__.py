"""What tix costs: `python -m benchmarks`, or `make bench`. See README.md here."""

"""The program: `tix`, or `python -m tix`."""

from tix.cli.main import main

if __name__ == "__main__":
    main()

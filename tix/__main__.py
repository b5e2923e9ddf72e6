"""The program: `tix`, or `python -m tix`."""

import gc
import os
from typing import NoReturn

# What a command makes lives until its end. Looking for garbage every 700 objects, as Python does,
# takes a twentieth of a short command, most of it while modules are imported.
gc.set_threshold(500_000)


def main() -> NoReturn:
    """Run the program; what interrupts it while it is still being imported ends it quietly too."""
    try:
        from tix.cli.main import main as run

        run()
    except KeyboardInterrupt:
        os.write(2, b"tix: interrupted\n")
        os._exit(130)


if __name__ == "__main__":
    main()

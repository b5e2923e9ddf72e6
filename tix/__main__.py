"""The program: `tix`, or `python -m tix`."""

import gc

# What a command makes lives until its end. Looking for garbage every 700 objects, as Python does,
# takes a twentieth of a short command, most of it while modules are imported.
gc.set_threshold(50_000)

from tix.cli.main import main  # noqa: E402

if __name__ == "__main__":
    main()

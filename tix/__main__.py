"""The program: `tix`, or `python -m tix`."""

import gc
import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

# What a command makes lives until its end. Looking for garbage every 700 objects, as Python does,
# takes a twentieth of a short command, most of it while modules are imported.
gc.set_threshold(500_000)


# What is interrupted while it cleans up is soon done with that.
_SOON = 0.02


def main() -> NoReturn:
    """Run the program; what interrupts it while it is still being imported ends it quietly too."""
    sys.unraisablehook = _interrupt_again
    try:
        from tix.cli.main import main as run

        run()
    except KeyboardInterrupt:
        os.write(2, b"tix: interrupted\n")
        os._exit(130)


def _interrupt_again(lost: "UnraisableHookArgs") -> None:
    """Let an interrupt come again that came in a `__del__`, where Python would drop it.

    Each process that has ended is cleaned away so (`subprocess`).
    """
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    from signal import SIGINT, pthread_kill
    from threading import Timer, main_thread

    Timer(_SOON, pthread_kill, (main_thread().ident, SIGINT)).start()


if __name__ == "__main__":
    main()

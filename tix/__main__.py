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
TEMPORARY = 75


def main() -> NoReturn:
    """Run the program; what interrupts it while it is still being imported ends it quietly too."""
    sys.unraisablehook = _interrupt_again
    for_mta = "--mta" in sys.argv
    if for_mta:
        _end_by_interrupt()
    try:
        from tix.cli.main import main as run

        run()
    except KeyboardInterrupt:
        os.write(2, b"tix: interrupted\n")
        os._exit(TEMPORARY if for_mta else 130)
    except BaseException:
        if not for_mta:
            raise
        sys.excepthook(*sys.exc_info())
        os._exit(TEMPORARY)


def _end_by_interrupt() -> None:
    # An MTA that stops us keeps the mail if we say so, which who is killed cannot.
    from signal import SIGHUP, SIGTERM, default_int_handler, signal

    for one in (SIGTERM, SIGHUP):
        signal(one, default_int_handler)


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

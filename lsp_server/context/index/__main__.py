"""Start the index process: `python -m lsp_server.context.index`."""

import asyncio
import logging
import os
import signal
import sys


def run() -> None:
    """Serve requests on standard input and output until the input ends."""
    # Ctrl-C in a terminal reaches all processes of a command; the one that was typed ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    # The arrays are small: the threads that numpy's libraries start only take the editor's cores.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from lsp_server.context.index.worker import main

    asyncio.run(main())


if __name__ == "__main__":
    run()

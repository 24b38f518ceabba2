"""Start the index process: `python -m lsp_server.context.index [LOG-LEVEL [LOG-FILE]]`."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from lsp_server.common.log import set_up_logging


def run() -> None:
    """Serve requests on standard input and output until the input ends."""
    # Ctrl-C in a terminal reaches all processes of a command; the one that was typed ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    level, *file = sys.argv[1:] or ["warning"]
    set_up_logging(level, Path(file[0]) if file else None, shared=True)
    # The arrays are small: the threads that numpy's libraries start only take the editor's cores.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from lsp_server.context.index.worker import main

    asyncio.run(main())


if __name__ == "__main__":
    run()

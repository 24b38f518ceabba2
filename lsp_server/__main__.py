"""`python -m lsp_server`, the same as `tandem-ls`."""

import os
import sys


def leave_the_current_folder() -> None:
    """Stop looking for modules in the folder that `-m` put first, unless we came from there.

    An editor starts the server in the workspace, whose own `httpx` or `yaml` must not run in us.
    """
    # os is loaded long before any of our code, so that it is the real one; pathlib is not.
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    if not sys.flags.safe_path and os.path.realpath(sys.path[0]) != os.path.realpath(home):
        del sys.path[0]


if __name__ == "__main__":
    leave_the_current_folder()
    from lsp_server.cli.main import main

    sys.exit(main())

"""`python -m lsp_server`, the same as `tandem-ls`."""

import sys

from lsp_server.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

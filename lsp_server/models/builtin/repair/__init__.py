"""Candidate repairs of syntax, best first; who asks confirms them with a parser.

Nothing here parses. Each module knows one way in which text breaks while it is typed and says
where one small edit could mend it; a wrong candidate costs the caller one parse.
"""

from lsp_server.models.builtin.repair.candidates import candidates

__all__ = ["candidates"]

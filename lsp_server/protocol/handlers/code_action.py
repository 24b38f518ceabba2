"""textDocument/codeAction."""

from collections.abc import Sequence

from lsprotocol import types

from lsp_server.common.problems import Problem
from lsp_server.features.values import Offer, Scene
from lsp_server.protocol.convert import problem_of
from lsp_server.protocol.editor.capabilities import ACTION_COMMAND
from lsp_server.protocol.messages import ActionArguments
from lsp_server.protocol.session import Session

_QUICK_FIX = "quickfix"
Actions = list[types.CodeAction | types.Command]
Diagnostics = list[types.Diagnostic]


def code_action(session: Session, params: types.CodeActionParams) -> Actions | None:
    """List what can be done here; nothing is worked out before the user has chosen.

    A request that the editor made by itself, for its light bulb, gets quick fixes only: a bulb
    on every line for "explain this" tells nobody anything.
    """
    document = session.documents.get(params.text_document.uri)
    if document is None:
        return None
    context = params.context
    invoked = context.trigger_kind is not types.CodeActionTriggerKind.Automatic
    wanted = list(context.only) if context.only else [] if invoked else [_QUICK_FIX]
    problems = tuple(problem_of(diagnostic, document) for diagnostic in context.diagnostics)
    scene = Scene(document.snapshot, document.span(params.range), problems, invoked)
    told = list(zip(problems, context.diagnostics, strict=True))
    return [
        _code_action(session, offer, params, _about(offer, told))
        for offer in session.features.actions.offers(scene)
        if _is_wanted(offer.kind, wanted)
    ]


def _is_wanted(kind: str, wanted: Sequence[str]) -> bool:
    """Whether one of the wanted kinds is this kind or a kind above it; none wanted means any."""
    return not wanted or any(kind == name or kind.startswith(f"{name}.") for name in wanted)


def _about(offer: Offer, told: Sequence[tuple[Problem, types.Diagnostic]]) -> Diagnostics:
    """Return what `offer` is about: with much more, sending it to and fro takes the time."""
    return [one for problem, one in told if offer.problem is None or offer.problem == problem]


def _code_action(
    session: Session, offer: Offer, params: types.CodeActionParams, about: Diagnostics
) -> types.CodeAction | types.Command:
    profile = session.profile
    command = _command(session, offer, params, about)
    if not profile.code_action_literals:
        return command
    fixes = offer.kind.split(".")[0] == _QUICK_FIX
    return types.CodeAction(
        title=offer.title,
        kind=offer.kind,
        diagnostics=about if fixes else None,
        is_preferred=True if offer.preferred and profile.preferred_actions else None,
        command=command,
        tags=[types.CodeActionTag.LlmGenerated] if profile.machine_made_tag else None,
    )


def _command(
    session: Session, offer: Offer, params: types.CodeActionParams, about: Diagnostics
) -> types.Command:
    """Return the command whose arguments rebuild the scene, so that nothing is kept for it."""
    document = session.documents.get(params.text_document.uri)
    arguments = ActionArguments(
        action=offer.action,
        text_document=params.text_document,
        range=params.range,
        title=offer.title,
        version=None if document is None else document.version,
        diagnostics=about,
        arguments=dict(offer.arguments),
    )
    return types.Command(
        title=offer.title,
        command=ACTION_COMMAND,
        arguments=[session.server.to_json(arguments)],
    )

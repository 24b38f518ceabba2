"""The features, without an editor."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lsp_server.cli.terminal import progress_line, remark
from lsp_server.common.snapshot import Snapshot
from lsp_server.config.load import PROJECT_FILE, load_all
from lsp_server.config.settings import Settings
from lsp_server.protocol.feature_set import FeatureSet, Opening


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """Add what all commands on a workspace have."""
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")
    parser.add_argument(
        "--trust",
        action="store_true",
        help=f"heed the project's {PROJECT_FILE}, and run its tools and tests",
    )


def settings_for(root: Path, *, trusted: bool) -> Settings:
    """Load the settings and tell what is wrong with them on standard error."""
    loaded = load_all({}, [root], trusted=trusted)
    for message in loaded.messages:
        remark(message)
    if not trusted and (root / PROJECT_FILE).is_file():
        remark(f"{root / PROJECT_FILE} was not read; --trust reads it.")
    return loaded.settings


@asynccontextmanager
async def features_at(
    root: Path, *snapshots: Snapshot, trusted: bool = False
) -> AsyncIterator[FeatureSet]:
    """Assemble the features on one workspace that is read whole, with `snapshots` open."""
    from lsp_server.server import assemble

    settings = settings_for(root, trusted=trusted)
    tandem = assemble(Opening(settings, (root,), trusted, lambda: snapshots))
    try:
        with progress_line("Reading the workspace"):
            for snapshot in snapshots:
                tandem.features.watcher.opened(snapshot)
            await tandem.look_up_models()
            await tandem.read_workspace()
        for notice in tandem.features.model_house.status.notices:
            remark(f"{notice.sentence} {notice.advice}".strip())
        yield tandem.features
    finally:
        await tandem.closed()

"""The commands, a file a subject; only the one that is asked for is loaded."""

from __future__ import annotations

import sys
from importlib import import_module

import rich_click as click
import structlog

click.rich_click.TEXT_MARKUP = "markdown"
_FILES = {
    "serve": ("serve", "demo"),
    "sites": ("site", "account", "config"),
    "users": ("user",),
    "leads": ("lead", "leads"),
    "requests": ("requests",),
    "care": ("rebuild", "erase", "purge", "refused", "backup", "restore", "doctor"),
    "attribution": ("attribution",),
    "goals": ("goal", "costs"),
    "scoring": ("scoring",),
    "retention": ("retention",),
    "seal": ("seal",),
}
_FILE_OF = {name: file for file, names in _FILES.items() for name in names}


class Commands(click.RichGroup):
    """Commands that are loaded when they are asked for: in each file, the one of that name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order of help."""
        return list(_FILE_OF)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, or None."""
        if cmd_name not in _FILE_OF:
            return None
        file = import_module(f".{_FILE_OF[cmd_name]}", __name__)
        return next(one for one in vars(file).values() if isinstance(one, click.Command) and one.name == cmd_name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="webleads-tracker", prog_name="webleads")
def main() -> None:
    """Every lead that your site wins, with the whole way that led to it, and why."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # stdout is the answer's

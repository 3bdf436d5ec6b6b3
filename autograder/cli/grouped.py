"""Help that lists commands by what they are for."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class GroupedHelp(TyperGroup):
    """A group of commands, each listed under its `rich_help_panel`, without loading rich."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """One section per purpose, in the order in which the commands were added."""
        sections: dict[str, list[tuple[str, str]]] = {}
        longest = max(map(len, self.commands))
        for name, command in self.commands.items():
            purpose = getattr(command, "rich_help_panel", None) or "Commands"
            sections.setdefault(purpose, []).append((name.ljust(longest), command.get_short_help_str(limit=200)))
        for purpose, rows in sections.items():
            with formatter.section(purpose):
                formatter.write_dl(rows, col_max=14)

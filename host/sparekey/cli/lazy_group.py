"""A Click group that imports a command's module only when that command is called."""

from difflib import get_close_matches
from importlib import import_module

import click


class LazyGroup(click.Group):
    """A group whose commands are a table: name → (``module:attribute``, one-line help)."""

    def __init__(self, *, table: dict[str, tuple[str, str]], **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the table, in its order."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called ``cmd_name``, imported now; None where the table has none."""
        if cmd_name not in self._table:
            return None
        module, attribute = self._table[cmd_name][0].split(":")
        try:
            command = getattr(import_module(module), attribute)
        except ModuleNotFoundError as missing:
            if not missing.name or missing.name.startswith("sparekey"):
                raise
            extra = "pip install 'sparekey[server,virtual,deploy]'"
            raise click.ClickException(
                f"{missing.name} is missing, which this command needs: {extra}"
            ) from None
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that ``args`` begin with; where there is none, one written nearly so is named."""
        near = get_close_matches(args[0], self._table, n=1)
        if near and args[0] not in self._table and not ctx.resilient_parsing:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands and their help from the table, so that ``--help`` imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in self._table.items()])

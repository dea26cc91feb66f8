"""``sparekey completion SHELL``: the script that completes commands and options in a shell."""

import click
from click.shell_completion import get_completion_class

from sparekey.cli.talk.words import answer

_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash: sparekey completion bash > ~/.local/share/bash-completion/completions/sparekey
    zsh : sparekey completion zsh > a folder of $fpath, as _sparekey
    fish: sparekey completion fish > ~/.config/fish/completions/sparekey.fish
    """
    from sparekey.cli.commands import sparekey

    made = get_completion_class(shell)
    assert made is not None
    # not source(): for bash that starts a bash to ask its version
    script = made(sparekey, {}, "sparekey", "_SPAREKEY_COMPLETE")
    answer(script.source_template % script.source_vars())

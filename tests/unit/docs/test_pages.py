"""What the pages say is so: links lead somewhere, commands and their flags exist, pictures are current."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from sparekey.cli.commands import sparekey

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "boards/**/*.md", "examples/**/*.md", "tests/**/*.md")
    for page in ROOT.glob(pattern)
)


def ids(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(ROOT)) for page in pages]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-")
        for heading in headings
    }


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{page.name}: {target}"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), f"{page.name}: {target}"


def commands(page: Path) -> list[list[str]]:
    """The words of each ``sparekey …`` command in the page's shell blocks and code spans."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"```(?:sh|console|bash)\n(.*?)```", text, re.DOTALL)
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`((?:\.venv/bin/)?sparekey [^`|…\[]+)`", text)
    found = []
    for line in lines:
        match = re.match(r"(?:sudo )?(?:\S*/)?sparekey (.*)", line)
        if match:
            found.append(shlex.split(match[1], comments=True))
    return found


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_commands_and_their_flags_exist(page: Path) -> None:
    for words in commands(page):
        command: click.Command = sparekey
        context = click.Context(command)
        told = " ".join(words)
        while words and isinstance(command, click.Group) and not words[0].startswith("-"):
            found = command.get_command(context, words[0])
            assert found is not None, f"{page.name}: sparekey {told}"
            command, words = found, words[1:]
        known = {flag for param in command.params for flag in (*param.opts, *param.secondary_opts)}
        known |= {"--help", "-h"}
        for word in words:
            if word.startswith("--"):
                assert word.split("=")[0] in known, f"{page.name}: sparekey {told}: {word}"


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_make_targets_exist(page: Path) -> None:
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for named in re.findall(r"(?:`|^)make ([a-z][a-z-]*)", page.read_text(encoding="utf-8"), re.MULTILINE):
        assert named in targets, f"{page.name}: make {named}"


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_named_files_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for named in re.findall(r"`((?:tests|host|firmware|boards|bench|scripts|examples|docs)/[\w./-]+)`", text):
        made_later = named.startswith("bench/results")
        assert made_later or (ROOT / named).exists(), f"{page.name}: {named}"


def test_the_picture_of_rooms_is_current() -> None:
    script = ROOT / "scripts" / "architecture_picture.py"
    done = subprocess.run([sys.executable, str(script), "--check"], check=False)
    assert done.returncode == 0, "run: python scripts/architecture_picture.py"

"""The README tells the truth: its code runs, its commands and links exist."""

import re
import subprocess
import sys

from jobexport.cli.commands import cli
from jobexport.spec.editions import CHECKOUT, edition_ids

PAGES = {path: path.read_text(encoding="utf-8") for path in (CHECKOUT / "README.md", *(CHECKOUT / "docs").glob("*.md"))}
README = "".join(PAGES.values())
MAKEFILE = (CHECKOUT / "Makefile").read_text(encoding="utf-8")


def test_the_python_examples_run(tmp_path):
    """Each block of Python runs as it stands, in an empty folder."""
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        done = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "DLF_myJob.zip").read_bytes().startswith(b"PK")


def test_every_make_rule_it_names_exists():
    """`make x` in the README is a rule of the Makefile."""
    rules = set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", README, re.MULTILINE))
    assert {"contract", "test", "generate"} <= named
    assert named <= rules


def test_every_command_it_names_exists():
    """`jobexport x` in the README is a command."""
    named = set(re.findall(r"`jobexport ([a-z]+)", README))
    assert named
    assert named <= set(cli.commands)


def test_every_file_it_links_exists():
    """Relative links lead somewhere."""
    links = [(page, link) for page, text in PAGES.items() for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text)]
    assert links
    for page, link in links:
        assert link.startswith("https://") or (page.parent / link).exists(), link


def test_it_names_every_edition():
    """The editions listed are the editions there are."""
    assert [edition for edition in edition_ids() if edition not in README] == []

"""The pages of docs/ and the tree agree: what a page names is there, and what is there has its word."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.zh.md", ROOT / "firmware_config/README.md", *sorted(ROOT.glob("docs/*.md"))]
PAGES += [page for name in ("CONTRIBUTING", "SECURITY", "CHANGELOG") if (page := ROOT / f"{name}.md").exists()]


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _tree() -> list[Path]:
    """Every file of the repository, from its root; without git, every file that is not hidden."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard"], capture_output=True)
    if listed.returncode == 0:
        return [Path(name) for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()]
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [path for path in found if not any(part.startswith(".") for part in path.parts)]


# --- architecture.md: the houses


def _houses() -> set[str]:
    """What stands in the block under "Houses"."""
    block = re.search(r"^## Houses\n+```\n(.*?)^```", _text("docs/architecture.md"), re.DOTALL | re.MULTILINE)
    assert block is not None
    return set(re.findall(r"(?:^| {2,})((?:kiosk|drivers)/\S*)", block[1], re.MULTILINE))


def test_every_house_stands_in_the_block_and_nothing_else() -> None:
    kiosk = [path for path in _tree() if path.parts[0] == "kiosk" and not path.name.startswith("__")]
    folders = {f"kiosk/{path.parts[1]}/" for path in kiosk if len(path.parts) > 2}
    loose = {str(path) for path in kiosk if len(path.parts) == 2 and path.suffix == ".py"}
    devices = {f"drivers/{path.parts[1]}/" for path in _tree() if path.parts[0] == "drivers" and len(path.parts) > 2}
    assert _houses() == folders | loose | devices | {"drivers/"}


# --- decisions.md: subjects, what they are of, and the code that names them


def _subjects() -> dict[str, str]:
    """Each heading of decisions.md, and the line under it."""
    return dict(re.findall(r"^## (.+)\n\n(.+)\n", _text("docs/decisions.md"), re.MULTILINE))


def _naming() -> dict[str, list[str]]:
    """The files that name each subject."""
    sources = [path for path in _tree() if path.suffix in {".py", ".toml", ".sh"} or path.name == "Makefile"]
    naming: dict[str, list[str]] = {}
    for path in set(map(str, sources)) - {"tests/unit/test_docs.py"}:
        for subject in re.findall(r"decisions: ([A-Z][\w' -]*\w)", _text(path)):
            naming.setdefault(subject, []).append(path)
    return naming


def test_code_names_no_subject_that_is_not_there() -> None:
    assert set(_naming()) <= set(_subjects())


@pytest.mark.parametrize("subject", sorted(_subjects()))
def test_each_subject_says_what_it_is_of_and_is_named_there(subject: str) -> None:
    assert re.fullmatch(r"`[^`]+`(, `[^`]+`)*", _subjects()[subject])
    places = tuple(_subjects()[subject].strip("`").split("`, `"))
    assert all((ROOT / place).exists() for place in places)
    assert any(path.startswith(places) for path in _naming().get(subject, []))


# --- all pages: files and targets that they name


def _paths(page: Path) -> set[str]:
    """What a page means by a file or folder of this repository: links, and code that has a slash and a known root."""
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    roots = {path.parts[0] for path in _tree() if len(path.parts) > 1}
    named = {name for name in re.findall(r"`([\w.-]+/[\w./-]*)`", text) if name.split("/")[0] in roots}
    return {str((page.parent / link).resolve().relative_to(ROOT)) for link in links} | named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_is_there(page: Path) -> None:
    assert not {path for path in _paths(page) if not (ROOT / path).exists()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_that_a_page_names_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", _text("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)(?=`| ARGS|  |$)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets

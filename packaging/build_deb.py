"""`make deb`: the Debian packages of this commit, the same bytes each time. decisions: Debian package"""

import argparse
import base64
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path, PurePosixPath

from debian_package import (
    MACHINES,
    PLACES,
    PROGRAMS,
    ROOT,
    SCRIPTS,
    SUITES,
    VENV,
    Suite,
    as_packaged,
    control,
    of_pip,
    release,
    schema,
    version,
)

_OLDEST_GLIBC = 17
_LAUNCHER = f"""\
#!/{VENV}/bin/python3 -I
import sys

from kiosk.cli import main

sys.exit(main())
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", choices=SUITES, action="append")
    parser.add_argument("--arch", choices=MACHINES, action="append")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "deb")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "wheels")
    parser.add_argument("--revision", type=int, help="in place of the number of commits")
    options = parser.parse_args()
    revision = options.revision if options.revision is not None else int(_git("rev-list", "--count", "HEAD"))
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct"))
    options.out.mkdir(parents=True, exist_ok=True)
    for suite in options.suite or SUITES:
        for architecture in options.arch or MACHINES:
            started = time.monotonic()
            made = _build(SUITES[suite], architecture, revision, epoch, options.out, options.cache)
            print(f"{made} {made.stat().st_size / 1e6:.1f} MB {time.monotonic() - started:.0f} s")
    return 0


def _git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", ROOT, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def _build(suite: Suite, architecture: str, revision: int, epoch: int, out: Path, cache: Path) -> Path:
    wheels = _fetch(suite, architecture, cache)
    tree = out / f"tree-{suite.name}-{architecture}"
    shutil.rmtree(tree, ignore_errors=True)
    site = tree / suite.site
    site.mkdir(parents=True)
    for wheel in wheels:
        _unpack(wheel, site)
    _put_ours(site)
    _put_python(tree, suite)
    _put_files(tree)
    full_version = version(suite, revision)
    _put_changelog(tree, full_version, epoch)
    _settle(tree)
    _put_control(tree, suite, architecture, full_version)
    made = out / f"kiosk_{full_version}_{architecture}.deb"
    compress: list[str | Path] = [
        "dpkg-deb",
        "--root-owner-group",
        "--threads-max=1",
        "-Zxz",
        "-z6",
        "--build",
        tree,
        made,
    ]
    subprocess.run(compress, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)})
    shutil.rmtree(tree)
    return made


def _fetch(suite: Suite, architecture: str, cache: Path) -> list[Path]:
    """The locked wheels of that machine, each held against its hashes; a lock that is known is not fetched again."""
    lock = of_pip((ROOT / "requirements" / "device.txt").read_text(encoding="utf-8"))
    folder = cache / f"{suite.name}-{architecture}-{hashlib.sha256(lock.encode()).hexdigest()[:12]}"
    if not folder.exists():
        begun = folder.with_suffix(".part")
        shutil.rmtree(begun, ignore_errors=True)
        begun.mkdir(parents=True)
        wanted = begun / "lock.txt"
        wanted.write_text(lock, encoding="utf-8")
        machine = MACHINES[architecture]
        platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(suite.glibc, _OLDEST_GLIBC - 1, -1)]
        tags = [part for name in (*platforms, f"manylinux2014_{machine}", "any") for part in ("--platform", name)]
        abi = f"cp{suite.python.replace('.', '')}"
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        kinds = [
            "--python-version",
            suite.python,
            "--implementation",
            "cp",
            "--abi",
            abi,
            "--abi",
            "abi3",
            "--abi",
            "none",
        ]
        subprocess.run([*download, "--require-hashes", *kinds, *tags, "-r", wanted, "-d", begun], check=True)
        wanted.unlink()
        begun.rename(folder)
    return sorted(folder.glob("*.whl"))


def _unpack(wheel: Path, site: Path) -> None:
    """What a wheel puts among Python's packages; its programs stay out, and so do its tests."""
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            path = PurePosixPath(name)
            if path.parts[0].endswith(".data"):
                if path.parts[1] not in {"purelib", "platlib"}:
                    continue
                path = PurePosixPath(*path.parts[2:])
            if name.endswith("/") or {"tests", "test", "_tests"} & set(path.parts[:-1]):
                continue
            target = site / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(name))


def _put_ours(site: Path) -> None:
    """Our packages as git knows them, and what Python asks of an installed one."""
    listed = _git("ls-files", "--", "kiosk", "drivers").splitlines()
    for name in sorted(listed):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, site / name)
    described = site / f"sampling_kiosk-{release()}.dist-info"
    described.mkdir()
    pins = "[gpiozero_pin_factories]\nkiosk-virtual = kiosk.virtual.pins:WiredFactory\n"
    facts = f"Metadata-Version: 2.1\nName: sampling-kiosk\nVersion: {release()}\nLicense: Apache-2.0\n"
    for name, text in ("METADATA", facts), ("entry_points.txt", pins), ("INSTALLER", "dpkg\n"):
        (described / name).write_text(text, encoding="utf-8")
    rows = [_row(site, path) for path in sorted(described.iterdir())]
    (described / "RECORD").write_text("\n".join([*rows, f"{described.name}/RECORD,,", ""]), encoding="utf-8")


def _row(site: Path, path: Path) -> str:
    content = path.read_bytes()
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path.relative_to(site)},sha256={digest},{len(content)}"


def _put_python(tree: Path, suite: Suite) -> None:
    """An environment of its own over Debian's Python: also the processes that the kiosk starts find its packages."""
    venv = tree / VENV
    (venv / "bin").mkdir()
    (venv / "bin" / "python3").symlink_to(f"../../../bin/python{suite.python}")
    settings = f"home = /usr/bin\ninclude-system-site-packages = true\nversion = {suite.python}\n"
    (venv / "pyvenv.cfg").write_text(settings, encoding="utf-8")
    (venv / "kiosk").write_text(_LAUNCHER, encoding="utf-8")
    (tree / "usr/bin").mkdir()
    (tree / "usr/bin/kiosk").symlink_to("../lib/kiosk/kiosk")


def _put_files(tree: Path) -> None:
    for name, place in PLACES.items():
        source = ROOT / name
        for file in [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file()):
            target = tree / place / file.relative_to(source) if source.is_dir() else tree / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(as_packaged(file.read_text(encoding="utf-8")), encoding="utf-8")


def _put_changelog(tree: Path, full_version: str, epoch: int) -> None:
    when = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(epoch))
    maintainer = "Sampling kiosk project <kiosk@example.org>"
    entry = f"kiosk ({full_version}) stable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- {maintainer}  {when}\n"
    folder = tree / "usr/share/doc/kiosk"
    (folder / "changelog.gz").write_bytes(gzip.compress(entry.encode(), 9, mtime=0))


def _settle(tree: Path) -> None:
    """Modes that do not depend on who builds."""
    for path in tree.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or str(path.relative_to(tree)) in PROGRAMS else 0o644)
    tree.chmod(0o755)


def _put_control(tree: Path, suite: Suite, architecture: str, full_version: str) -> None:
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    sums = [f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(tree)}\n" for path in files]  # noqa: S324
    kib = sum((path.stat().st_size + 1023) // 1024 for path in files) + sum(1 for _ in tree.rglob("*/"))
    folder = tree / "DEBIAN"
    folder.mkdir(mode=0o755)
    (folder / "control").write_text(control(suite, architecture, full_version, kib), encoding="utf-8")
    (folder / "md5sums").write_text("".join(sums), encoding="utf-8")
    for name in SCRIPTS:
        text = (ROOT / "packaging" / "debian" / name).read_text(encoding="utf-8")
        filled = text.replace("@VERSION@", full_version).replace("@SCHEMA@", str(schema()))
        (folder / name).write_text(filled, encoding="utf-8")
        (folder / name).chmod(0o755)
    for name in "control", "md5sums":
        (folder / name).chmod(0o644)


if __name__ == "__main__":
    sys.exit(main())

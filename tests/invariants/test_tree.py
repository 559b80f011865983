"""What must hold for the tree as a whole: licences, locks, settings, and no address that does not belong."""

import ast
import importlib.metadata
import re
import subprocess
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
REGISTRY_HOSTS = re.compile(
    "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.", "deb" + r"\.debian"))
)
MACHINE_PATHS = re.compile(r"(?:^|[^A-Za-z0-9_.~])/(?:work|home/\w+|root)/")


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def tracked_texts() -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    for path in tracked_files():
        try:
            texts.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return texts


def locked_packages(lock: str) -> list[str]:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    return re.findall(r"^([a-z0-9][a-z0-9-]*)==", text, flags=re.MULTILINE)


def test_no_tracked_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    texts = tracked_texts()
    assert len(texts) > 50
    assert [name for name, text in texts if REGISTRY_HOSTS.search(text)] == []
    assert [name for name, text in texts if MACHINE_PATHS.search(text) and name != "Dockerfile"] == []


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt", "bootstrap.txt"])
def test_every_locked_package_is_pinned_by_hash_and_no_index_is_named(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    packages = locked_packages(lock)
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(packages) > 0
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "index-url" not in text
    assert "://" not in text


def test_no_run_time_dependency_binds_us_to_the_gpl() -> None:
    bound: list[str] = []
    for name in locked_packages("run.txt"):
        try:
            metadata = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform only
        licences = [metadata.get("License-Expression") or "", metadata.get("License") or ""]
        licences += [line for line in metadata.get_all("Classifier") or [] if line.startswith("License")]
        stated = " ".join(licences)
        if re.search(r"\bA?GPL|(?<!Lesser )General Public License", stated) and "LGPL" not in stated:
            bound.append(name)
    assert bound == []


def test_third_party_names_every_run_time_package() -> None:
    stated = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    assert [name for name in locked_packages("run.txt") if f"| {name} |" not in stated] == []


def modules_imported(path: Path) -> set[str]:
    """Each with its names, as in `package.module.name`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_nothing_that_a_library_keeps_to_itself_is_imported() -> None:
    """A library may change what it does not document in any release, and then the service would not start."""
    ours = ("scamcheck", "db", "bot", "api", "migrations", "scripts")
    programs = [
        path for path in tracked_files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ours
    ]
    assert len(programs) > 100
    private = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in programs
        for name in modules_imported(path)
        if re.search(r"\._(?!_)", name)
    }
    assert private == set()


def test_every_setting_is_in_the_example_with_its_default() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, flags=re.MULTILINE))
    assert set(stated) == {name.upper() for name in Settings.model_fields}
    from_example = Settings(_env_file=ROOT / ".env.example")  # type: ignore[call-arg]
    assert from_example == Settings(_env_file=None)  # type: ignore[call-arg]


def test_the_readme_opens_with_the_two_commands() -> None:
    opening = (ROOT / "README.md").read_text(encoding="utf-8")[:1500]
    assert opening.index("scripts/run") < opening.index("scripts/test")

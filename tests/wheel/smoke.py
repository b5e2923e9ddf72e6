"""Build wheel and sdist, and try each in a clean environment outside the checkout.

What ships inside (templates, hooks) must be found, and the main job must run.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*command: object, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(one) for one in command], cwd=cwd, env=env, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def built(folder: Path) -> list[Path]:
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    return sorted(folder.glob("tix-*"))


def outside(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "TIX_", "PYTHON"))}
    return {**kept, "HOME": str(home), "PAGER": "cat"}


def try_out(package: Path, folder: Path) -> None:
    folder.mkdir()
    venv.create(folder / "env", with_pip=True)
    python, tix = folder / "env/bin/python", folder / "env/bin/tix"
    run(python, "-m", "pip", "install", "--quiet", package, cwd=folder)
    env = outside(folder)
    assert run(tix, "--version", cwd=folder, env=env).startswith("tix ")
    shown = run(tix, "demo", "demo", cwd=folder, env=env)
    assert "10 new tickets" in shown, shown
    demo = folder / "demo"
    templates = run(tix, "template", "list", "--json", cwd=demo, env=env)
    assert '"refund"' in templates, templates
    run(tix, "hook", "install", cwd=demo, env=env)
    assert (demo / ".git/hooks/pre-commit").exists()
    run(tix, "check", cwd=demo, env=env)
    assert run("git", "status", "--porcelain", cwd=demo, env=env) == ""


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        packages = built(folder)
        assert [one.suffix for one in packages] == [".whl", ".gz"] or len(packages) == 2, packages
        for number, package in enumerate(packages):
            try_out(package, folder / str(number))
            print(f"{package.name}: works in a clean environment")


if __name__ == "__main__":
    main()

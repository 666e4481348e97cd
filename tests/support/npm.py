# SPDX-License-Identifier: MIT
"""Packages of npm that tests hold our programs against."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile

from peers import need, skip


def npm_packages(where):
    """The node_modules of the package-lock.json there, which says each package's digest; kept in build/."""
    need("node", "npm")
    lock = (where / "package-lock.json").read_bytes()
    place = pathlib.Path(__file__).parents[2] / "build" / f"npm-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not place.exists():
        place.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="npm-", dir=place.parent) as fresh:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(where / name, fresh)
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit"], cwd=fresh, capture_output=True, text=True)
            if done.returncode != 0:
                skip(f"npm cannot install {where.name}: {done.stderr.strip().splitlines()[-1:]}")
            try:
                os.rename(fresh, place)
            except OSError:  # another test was quicker
                return place / "node_modules"
            os.mkdir(fresh)  # for the end of the block
    return place / "node_modules"

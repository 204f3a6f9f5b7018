#!/usr/bin/env python3
"""Breaks crates in one place at a time and counts how often no test notices (V14).

    tests/mutants.py money ledger mapping:200

tests every mutant of `money` and of `ledger`, of which none may survive, and a sample of 200 mutants of `mapping`, of
which nine in ten must be caught. The seed decides which mutants are drawn and what the property tests try, so a run can
be repeated. What was caught, missed, unviable (it does not compile) or timed out is listed in
target/mutants/<crate>/mutants.out.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "target" / "mutants"

# Of a sample, this share must be caught.
SHARE = 0.9

# How many cases each property test tries. By itself it tries thousands; it would find more, but take minutes a mutant.
CASES = "50"

# What cargo-mutants ends with when it has tested all mutants: all caught, some missed, some timed out.
TESTED = {0, 2, 3}


@dataclass(frozen=True)
class Part:
    """A crate, and how many of its mutants are drawn: all of them, where there is no number."""

    crate: str
    sample: int | None = None

    @classmethod
    def read(cls, text: str) -> "Part":
        crate, _, sample = text.partition(":")
        return cls(crate, int(sample) if sample else None)


@dataclass(frozen=True)
class Result:
    """What became of the mutants of a part."""

    caught: list[str]
    missed: list[str]
    timeout: list[str]
    unviable: list[str]

    @classmethod
    def read(cls, outcomes: list[dict]) -> "Result":
        """From the outcomes that cargo-mutants writes; the first is the test of the unbroken code."""

        def names(summary: str) -> list[str]:
            mutants = [one["scenario"]["Mutant"] for one in outcomes if one["summary"] == summary]
            return sorted(mutant["name"] for mutant in mutants)

        return cls(names("CaughtMutant"), names("MissedMutant"), names("Timeout"), names("Unviable"))

    @property
    def count(self) -> int:
        return sum(map(len, (self.caught, self.missed, self.timeout, self.unviable)))

    @property
    def viable(self) -> int:
        return self.count - len(self.unviable)

    @property
    def share(self) -> float:
        """How many of those that compile were caught. A test that never ends has caught nothing."""
        return len(self.caught) / self.viable if self.viable else 0.0


def draw(names: list[str], sample: int | None, seed: int) -> list[str]:
    """The mutants to test, in their order: so many of them by the seed, or all.

    Each has a rank of its own, which follows from the seed and from what it changes, not from the place in the file:
    where code comes or goes, the draw of the rest stays what it was.
    """
    if sample is None or sample >= len(names):
        return names
    seen = Counter()
    ranks = {}
    for name in names:
        change = re.sub(r"^.*?:\d+:\d+: ", "", name)
        seen[change] += 1
        ranks[name] = hashlib.sha256(f"{seed} {seen[change]} {change}".encode()).digest()
    chosen = set(sorted(names, key=ranks.get)[:sample])
    return [name for name in names if name in chosen]


def fails(part: Part, result: Result) -> bool:
    """Whether too many went unnoticed: of a whole crate any, of a sample more than one in ten."""
    return result.share < (1.0 if part.sample is None else SHARE)


def report(part: Part, total: int, seed: int, result: Result, seconds: float) -> str:
    """The result in words, with the names of those that were not caught."""
    drawn = f"all {total} mutants"
    if result.count < total:
        drawn = f"{result.count} of {total} mutants, drawn with seed {seed}"
    lines = [
        f"{part.crate}: {drawn}, in {seconds / 60:.0f} min",
        f"  {len(result.caught)} caught, {len(result.missed)} missed, {len(result.timeout)} timed out, "
        f"{len(result.unviable)} unviable; caught of the {result.viable} viable: {100 * result.share:.1f} %",
    ]
    lines += [f"  missed: {name}" for name in result.missed]
    lines += [f"  timed out: {name}" for name in result.timeout]
    return "\n".join(lines)


def has_nextest() -> bool:
    return subprocess.run(["cargo", "nextest", "--version"], capture_output=True).returncode == 0


def mutants(tool: str, crate: str) -> list[str]:
    """The names of all mutants of a crate."""
    command = [tool, "mutants", "--package", crate, "--list", "--json"]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [mutant["name"] for mutant in json.loads(run.stdout)]


def leave_out(crate: str, names: list[str]) -> None:
    """Lets the next run with `--iterate` leave out these mutants, as if they had been caught before. Patterns (`--re`)
    would not do: they do not hold for fields that are left out of a struct."""
    out = OUT / crate / "mutants.out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / "previously_caught.txt").write_text("".join(f"{name}\n" for name in names))


def tested(tool: str, crate: str, names: list[str], seed: int) -> Result:
    """Tests the mutants of a crate that `leave_out` left."""
    out = OUT / crate
    command = [
        tool, "mutants", "--package", crate, "--iterate", "--output", str(out), "--colors", "never",
        "--test-tool", "nextest" if has_nextest() else "cargo", "--cargo-arg=--locked",
    ]
    environment = {
        **os.environ,
        "CARGO_TARGET_DIR": str(OUT / "build"),
        "CARGO_INCREMENTAL": "1",
        "PROPTEST_RNG_SEED": str(seed),
        "PROPTEST_CASES": CASES,
    }
    run = subprocess.run(command, cwd=ROOT, env=environment)
    if run.returncode not in TESTED:
        sys.exit(f"cargo-mutants could not test {crate}: see {out}/mutants.out/log")
    result = Result.read(json.loads((out / "mutants.out" / "outcomes.json").read_text())["outcomes"])
    if result.count != len(names):
        sys.exit(f"{crate}: {len(names)} mutants were to be tested, and {result.count} were")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="+", type=Part.read, metavar="crate[:sample]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tool", default="cargo-mutants", help="the program cargo-mutants")
    asked = parser.parse_args()
    failed = []
    for part in asked.parts:
        started = time.monotonic()
        names = mutants(asked.tool, part.crate)
        drawn = draw(names, part.sample, asked.seed)
        leave_out(part.crate, [name for name in names if name not in drawn])
        result = tested(asked.tool, part.crate, drawn, asked.seed)
        print(report(part, len(names), asked.seed, result, time.monotonic() - started), flush=True)
        if fails(part, result):
            failed.append(part.crate)
    if failed:
        sys.exit(f"too much goes unnoticed in {', '.join(failed)}")


if __name__ == "__main__":
    main()

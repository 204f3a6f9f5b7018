#!/usr/bin/env python3
"""Checks that every rule in rules.txt has a test, and that no test is named after a rule that is not there.

A test proves the rules that its name begins with: `d3_…` one, `n2_n7_…` both, `d1_to_d6_…` all from the first to the
last. The names come from the test programs themselves (`cargo test -- --list`), so that neither a comment, nor a
helper, nor a file that no module names, nor an ignored test counts.
"""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

ID = re.compile(r"[A-Z][0-9]+")


def listed(text: str) -> tuple[list[str], list[str]]:
    """The ids of rules.txt: those that must have a test, and those that may."""
    must, may = [], []
    ids = must
    for line in text.splitlines():
        if line == "[may have a test]":
            ids = may
        elif line and line[0] not in "#[":
            ids.append(line.split()[0])
    return must, may


def proved(test: str) -> list[str]:
    """The ids that a test's name begins with."""
    words = [word.upper() for word in test.rsplit("::", 1)[-1].split("_")]
    ids = []
    while words and ID.fullmatch(words[0]):
        first, *words = words
        ids.append(first)
        if words[:1] == ["TO"] and words[1:] and ID.fullmatch(words[1]) and words[1][0] == first[0]:
            ids += [f"{first[0]}{n}" for n in range(int(first[1:]) + 1, int(words[1][1:]) + 1)]
            words = words[2:]
    return ids


def complaints(must: list[str], may: list[str], tests: list[str]) -> list[str]:
    """What is wrong with these tests."""
    found = {id: test for test in tests for id in proved(test)}
    missing = [f"{id} has no test: none is named {id.lower()}_…" for id in must if id not in found]
    unknown = [f"{id} is no rule, and a test is named after it: {test}" for id, test in found.items() if id not in must + may]
    return missing + unknown


def tests() -> list[str]:
    """The tests that a test run carries out."""

    def names(*filters: str) -> set[str]:
        command = ["cargo", "test", "--workspace", "--locked", "--quiet", "--lib", "--bins", "--tests"]
        run = subprocess.run(
            [*command, "--", "--list", "--format", "terse", *filters],
            cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
        )
        return {line.removesuffix(": test") for line in run.stdout.splitlines() if line.endswith(": test")}

    return sorted(names() - names("--ignored"))


def main() -> None:
    must, may = listed((HERE / "rules.txt").read_text())
    wrong = complaints(must, may, tests())
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"all {len(must)} rules have a test")


if __name__ == "__main__":
    main()

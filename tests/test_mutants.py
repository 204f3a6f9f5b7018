"""Tests of mutants.py: `python3 -m unittest discover tests`"""

import unittest

from mutants import Part, Result, draw, fails, report


def result(caught: int, missed: int = 0, timeout: int = 0, unviable: int = 0) -> Result:
    counts = {"caught": caught, "missed": missed, "timeout": timeout, "unviable": unviable}
    return Result(**{kind: [f"{kind} {n}" for n in range(count)] for kind, count in counts.items()})


class Check(unittest.TestCase):
    def test_a_part_is_a_whole_crate_or_a_sample(self):
        self.assertEqual(Part.read("money"), Part("money", None))
        self.assertEqual(Part.read("mapping:200"), Part("mapping", 200))
        self.assertRaises(ValueError, Part.read, "mapping:many")

    def test_the_seed_decides_what_is_drawn(self):
        names = [f"a.rs:{n}:5: replace + with - in f{n}" for n in range(1000)]
        drawn = draw(names, 200, seed=1)
        self.assertEqual(len(set(drawn)), 200)
        self.assertEqual(drawn, [name for name in names if name in drawn])
        self.assertEqual(drawn, draw(names, 200, seed=1))
        self.assertNotEqual(drawn, draw(names, 200, seed=2))
        for whole in (None, 1000, 2000):
            self.assertEqual(draw(names, whole, seed=1), names)

    def test_what_is_added_elsewhere_hardly_changes_the_draw(self):
        names = [f"a.rs:{n}:5: replace + with - in f{n % 500}" for n in range(1000)]
        moved = [f"b.rs:{n + 7}:9: replace + with - in f{n % 500}" for n in range(1000)]
        drawn, again = (draw(some, 200, seed=1) for some in (names, moved))
        self.assertEqual([names.index(name) for name in drawn], [moved.index(name) for name in again])
        more = draw(["a.rs:1:1: replace g -> bool with true", *names], 200, seed=1)
        self.assertGreaterEqual(len(set(drawn) & set(more)), 199)

    def test_outcomes_are_read_without_the_unbroken_code(self):
        outcomes = [{"scenario": "Baseline", "summary": "Success"}]
        for name, summary in [
            ("d", "CaughtMutant"), ("c", "Unviable"), ("b", "Timeout"), ("a", "MissedMutant"), ("e", "CaughtMutant"),
        ]:
            outcomes.append({"scenario": {"Mutant": {"name": name}}, "summary": summary})
        self.assertEqual(Result.read(outcomes), Result(["d", "e"], ["a"], ["b"], ["c"]))

    def test_none_survives_in_a_whole_crate_and_one_in_ten_of_a_sample(self):
        whole, sample = Part("money"), Part("mapping", 200)
        for part, of, too_many in [
            (whole, result(10, unviable=5), False),
            (whole, result(999, missed=1), True),
            (whole, result(999, timeout=1), True),
            (sample, result(180, missed=20, unviable=50), False),
            (sample, result(180, missed=19, timeout=1), False),
            (sample, result(179, missed=21), True),
            (sample, result(0, unviable=3), True),
        ]:
            self.assertEqual(fails(part, of), too_many, of)

    def test_the_report_tells_the_draw_and_names_what_was_not_caught(self):
        text = report(Part("mapping", 200), 1400, 7, result(170, missed=8, timeout=2, unviable=20), 3600)
        self.assertIn("mapping: 200 of 1400 mutants, drawn with seed 7, in 60 min", text)
        self.assertIn("170 caught, 8 missed, 2 timed out, 20 unviable; caught of the 180 viable: 94.4 %", text)
        self.assertIn("missed: missed 7", text)
        self.assertIn("timed out: timeout 1", text)
        self.assertNotIn("caught 1\n", text)
        self.assertIn("money: all 15 mutants", report(Part("money"), 15, 7, result(15), 60))


if __name__ == "__main__":
    unittest.main()

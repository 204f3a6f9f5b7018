"""Tests of rules.py: `python3 -m unittest discover tests`"""

import unittest

from rules import complaints, listed, proved


class Check(unittest.TestCase):
    def test_a_name_proves_what_it_begins_with(self):
        for name, ids in [
            ("dates::tests::d3_a_second_part_keeps_the_date", ["D3"]),
            ("n2_n7_a_deposit", ["N2", "N7"]),
            ("d1_to_d4_every_row", ["D1", "D2", "D3", "D4"]),
            ("d1_to_d3_d9_both", ["D1", "D2", "D3", "D9"]),
            ("t10_to_the_books_in_seconds", ["T10"]),
            ("a_job_of_d3", []),
            ("d3s_rows", []),
        ]:
            self.assertEqual(proved(name), ids, name)

    def test_what_is_missing_or_unknown_is_named(self):
        must, may = listed("# words\n[must have a test]\nD1  one\nD2  two\n\n[may have a test]\nV1  proof\n")
        self.assertEqual((must, may), (["D1", "D2"], ["V1"]))
        self.assertEqual(complaints(must, may, ["d1_to_d2_rows", "v1_dies"]), [])
        wrong = complaints(must, may, ["it::d1_row", "it::d4_row"])
        self.assertEqual(len(wrong), 2)
        self.assertIn("D2 has no test", wrong[0])
        self.assertIn("it::d4_row", wrong[1])


if __name__ == "__main__":
    unittest.main()

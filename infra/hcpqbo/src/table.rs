//! Tables of a terminal: columns of the width of their longest cell, two spaces between them.

use unicode_width::UnicodeWidthStr;

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    /// Amounts and counts.
    Right,
}

/// A table, with a head for each column; an empty text where it has no rows.
pub(crate) fn table<const N: usize>(
    heads: [(&str, Side); N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let rows: Vec<[String; N]> = rows.into_iter().map(|row| row.map(one_line)).collect();
    if rows.is_empty() {
        return String::new();
    }
    let head = heads.map(|(head, _)| head.to_owned());
    let all = || std::iter::once(&head).chain(&rows);
    let widths: Vec<usize> = (0..N)
        .map(|column| all().map(|row| row[column].width()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in all() {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let gap = " ".repeat(widths[column] - cell.width());
            match heads[column].1 {
                Side::Left => line.extend([cell.as_str(), &gap]),
                Side::Right => line.extend([&gap, cell.as_str()]),
            }
            line.push_str("  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// What stands in a cell is of one line and moves no cursor, whoever wrote it.
pub(crate) fn one_line(text: String) -> String {
    match text.contains(char::is_control) {
        false => text,
        true => text.replace(char::is_control, " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_longest_cell_and_amounts_end_together() {
        let rows = [
            ["104", "Dana Sample", "419.40"],
            ["1005", "佐藤 花", "9.00"],
            ["106", "Two\nlines\u{1b}[31m", ""],
        ];
        let rows = rows.map(|row| row.map(str::to_owned));
        let heads = [
            ("JOB", Side::Left),
            ("CUSTOMER", Side::Left),
            ("TOTAL", Side::Right),
        ];
        insta::assert_snapshot!(table(heads, rows), @r"
        JOB   CUSTOMER         TOTAL
        104   Dana Sample     419.40
        1005  佐藤 花           9.00
        106   Two lines [31m
        ");
        assert_eq!(table(heads, []), "");
    }
}

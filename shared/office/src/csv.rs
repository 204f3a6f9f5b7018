//! Tables for a spreadsheet: comma-separated values (RFC 4180).

/// A row. A cell that a spreadsheet would take for a formula begins with an apostrophe, so that it stays a text.
pub(crate) fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    let mark = match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => "'",
        false => "",
    };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v23_no_cell_is_a_formula_and_none_ends_before_its_end() {
        for (text, expected) in [
            ("", r#""""#),
            ("Dana Sample", r#""Dana Sample""#),
            ("12.50", r#""12.50""#),
            ("a,b", r#""a,b""#),
            (r#"6" pipe"#, r#""6"" pipe""#),
            ("=cmd()", r#""'=cmd()""#),
            ("+1", r#""'+1""#),
            ("-12.50", r#""'-12.50""#),
            ("@SUM(A1)", r#""'@SUM(A1)""#),
            ("\t=1", "\"'\t=1\""),
            (r#"="",1"#, r#""'="""",1""#),
        ] {
            assert_eq!(cell(text), expected);
        }
        assert_eq!(row(["a", "-b"]), "\"a\",\"'-b\"\r\n");
    }
}

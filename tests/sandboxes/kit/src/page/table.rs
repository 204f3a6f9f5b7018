//! Tables, whose rows become cards on a phone; the cells name their columns for that.

use maud::{Markup, html};

/// The head of a column.
#[derive(Clone, Copy, Debug)]
pub enum Column {
    /// Of words.
    Text(&'static str),
    /// Of numbers, on the right.
    Number(&'static str),
}

/// A row: a cell for each column.
#[derive(Clone, Debug)]
pub struct Row {
    cells: Vec<Markup>,
    is_faded: bool,
}

impl From<Vec<Markup>> for Row {
    fn from(cells: Vec<Markup>) -> Self {
        Self {
            cells,
            is_faded: false,
        }
    }
}

impl<const N: usize> From<[Markup; N]> for Row {
    fn from(cells: [Markup; N]) -> Self {
        Self::from(Vec::from(cells))
    }
}

impl Row {
    /// The same, less visible where it is of no more interest.
    #[must_use]
    pub fn faded(mut self, is_faded: bool) -> Self {
        self.is_faded = is_faded;
        self
    }
}

/// A table, or a word where there are no rows.
pub fn table<R: Into<Row>>(
    columns: &[Column],
    rows: impl IntoIterator<Item = R>,
    empty: &str,
) -> Markup {
    let mut rows = rows.into_iter().map(Into::into).peekable();
    if rows.peek().is_none() {
        return html! { p.empty { (empty) } };
    }
    html! {
        table {
            thead {
                tr {
                    @for column in columns {
                        @match column {
                            Column::Text(name) => th scope="col" { (name) },
                            Column::Number(name) => th.number scope="col" { (name) },
                        }
                    }
                }
            }
            tbody {
                @for row in rows {
                    tr.faded[row.is_faded] {
                        @for (column, cell) in columns.iter().zip(row.cells) {
                            @match column {
                                Column::Text(name) => td data-label=(name) { div { (cell) } },
                                Column::Number(name) => td.number data-label=(name) { div { (cell) } },
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::plain;

    #[test]
    fn cells_name_their_columns_and_are_escaped() {
        let columns = [Column::Text("Name"), Column::Number("Sum")];
        let shown = table(
            &columns,
            [Row::from([plain("<b>"), plain("$1")]).faded(true)],
            "none",
        );
        assert!(shown.0.contains(
            "<tr class=\"faded\"><td data-label=\"Name\"><div>&lt;b&gt;</div></td>\
             <td class=\"number\" data-label=\"Sum\"><div>$1</div></td></tr>"
        ));
        let none = table(&columns, Vec::<Row>::new(), "none & nothing");
        assert_eq!(none.0, "<p class=\"empty\">none &amp; nothing</p>");
    }
}

//! Lists page by page: the same for all of them.

use hcp::CompanyId;
use store::{BadCursor, Body, Books, List, Position, Record, Stored, Table};
use sync::{Declined, NotDone, World};

use crate::Office;

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// How many rows at most; so many as are shown by themselves where none is told.
    pub limit: Option<usize>,
    /// Where the page before ended: its `next`.
    pub cursor: Option<String>,
    /// Whether the list begins at its other end.
    pub turned: bool,
}

/// Some rows of a list, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What the next page is asked for with; none at the end.
    pub next: Option<String>,
}

impl<T> Rows<T> {
    /// These rows, of the same page.
    pub(crate) fn with<R>(self, rows: Vec<R>) -> Rows<R> {
        Rows {
            rows,
            next: self.next,
        }
    }
}

/// Rows of a page that nobody has chosen the length of, and of the longest.
const USUAL: usize = 50;
const MOST: usize = 200;

impl<W: World> Office<W> {
    pub(crate) async fn books(&self, company: &CompanyId) -> Result<Books, NotDone> {
        let company = self.engine().company(company).await?;
        Ok(company.connection.books())
    }

    /// A page of a list, whose records are of one kind.
    ///
    /// # Errors
    /// [`Declined::NotUsable`] when the cursor is none of this list, or the table does not answer.
    pub(crate) async fn rows<T: Body, R>(
        &self,
        list: List,
        paging: &Paging,
        row: impl Fn(Stored<T>) -> Option<R>,
    ) -> Result<Rows<R>, NotDone> {
        let records = self.records(list, paging).await?;
        let mut rows = Vec::with_capacity(records.rows.len());
        for record in &records.rows {
            rows.extend(row(Stored::decode(record)?));
        }
        Ok(records.with(rows))
    }

    /// The same of a list whose records are of several kinds, or need something else to be seen.
    ///
    /// # Errors
    /// As [`Self::rows`].
    pub(crate) async fn records(
        &self,
        mut list: List,
        paging: &Paging,
    ) -> Result<Rows<Record>, NotDone> {
        list.backwards ^= paging.turned;
        let cursor = paging.cursor.as_deref();
        let after = cursor.map(|text| Position::from_cursor(text, &list));
        let after = after.transpose().map_err(unusable)?;
        let limit = paging.limit.unwrap_or(USUAL).clamp(1, MOST);
        let table = self.engine().world().table();
        let page = table.page(&list, limit, after.as_ref()).await?;
        Ok(Rows {
            rows: page.records,
            next: page.next.map(|next| next.to_cursor(&list)),
        })
    }
}

fn unusable(error: BadCursor) -> Declined {
    Declined::NotUsable {
        what: "cursor",
        words: error.to_string(),
    }
}

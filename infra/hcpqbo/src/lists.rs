//! Lists of the office: a page, or all of them.

use clap::Args;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    client::{Office, part},
    failure::Failure,
    say,
};

/// How much of a list is shown.
#[derive(Args, Clone, Debug)]
pub(crate) struct Paging {
    /// So many at most, 1 to 100.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=100))]
    limit: u16,
    /// Everything, however much that is.
    #[arg(long)]
    all: bool,
    /// Goes on behind the page whose `next` this is.
    #[arg(long, value_name = "NEXT", conflicts_with = "all")]
    cursor: Option<String>,
}

/// What a list has, as far as it was read.
pub(crate) struct Listed<T> {
    pub(crate) items: Vec<T>,
    /// Whether there is more.
    pub(crate) is_cut: bool,
    /// The answers as they came, one a line.
    pub(crate) raw: String,
}

#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
    next: Option<String>,
}

/// More pages than anybody reads: the end of a list that has none.
const PAGES: usize = 1_000;

/// Reads a list: its path, and what it is searched by.
pub(crate) async fn list<T: DeserializeOwned>(
    office: &mut Office,
    path: &str,
    by: &[(&str, Option<String>)],
    paging: &Paging,
) -> Result<Listed<T>, Failure> {
    let limit = if paging.all { 100 } else { paging.limit };
    let mut query = format!("{path}?limit={limit}");
    for (name, value) in by {
        if let Some(value) = value {
            query.push_str(&format!("&{name}={}", part(value)));
        }
    }
    let mut cursor = paging.cursor.clone();
    let mut listed = Listed {
        items: Vec::new(),
        is_cut: false,
        raw: String::new(),
    };
    for _ in 0..PAGES {
        let behind = cursor
            .as_deref()
            .map(|cursor| format!("&cursor={}", part(cursor)));
        let path = format!("{query}{}", behind.unwrap_or_default());
        let answer = office.get(&path).await?;
        let page: Page<T> = answer.read()?;
        listed.items.extend(page.items);
        listed.raw.push_str(&answer.text());
        listed.raw.push('\n');
        listed.is_cut = page.next.is_some();
        cursor = page.next;
        if !paging.all || cursor.is_none() {
            break;
        }
    }
    Ok(listed)
}

/// Prints a list: its rows with how many they are, or for programs as it came. `called`: one of its rows, and several.
pub(crate) async fn show<T: DeserializeOwned>(
    office: &mut Office,
    (path, by): (&str, &[(&str, Option<String>)]),
    (paging, json): (&Paging, bool),
    called: (&str, &str),
    rows: impl FnOnce(Vec<T>) -> String,
) -> Result<(), Failure> {
    let listed = list(office, path, by, paging).await?;
    if json {
        return say(&listed.raw);
    }
    let count = listed.items.len();
    let mut text = rows(listed.items);
    text.push_str(&ending(count, called.0, called.1, listed.is_cut));
    say(&text)
}

/// All of a list.
pub(crate) async fn whole<T: DeserializeOwned>(
    office: &mut Office,
    path: &str,
    by: &[(&str, Option<String>)],
) -> Result<Vec<T>, Failure> {
    let paging = Paging {
        limit: 100,
        all: true,
        cursor: None,
    };
    Ok(list(office, path, by, &paging).await?.items)
}

/// What ends a list: how many, and that there are more.
pub(crate) fn ending(count: usize, one: &str, several: &str, is_cut: bool) -> String {
    let counted = match count {
        0 => format!("No {one}"),
        1 => format!("1 {one}"),
        count => format!("{count} {several}"),
    };
    match is_cut {
        true => format!("{counted}; there are more: --all shows them.\n"),
        false => format!("{counted}.\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_with_how_many_there_are() {
        let told = |count, is_cut| ending(count, "alert is open", "alerts are open", is_cut);
        assert_eq!(told(0, false), "No alert is open.\n");
        assert_eq!(told(1, false), "1 alert is open.\n");
        assert_eq!(told(2, false), "2 alerts are open.\n");
        let cut = told(50, true);
        assert_eq!(
            cut,
            "50 alerts are open; there are more: --all shows them.\n"
        );
    }
}

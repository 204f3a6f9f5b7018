use jiff::Timestamp;
use ports::Source;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::{
    list::Lists,
    table::{Expect, Key, Record, Table, TableError, Write},
};

/// A kind of record. Its JSON is kept beside the number of its format, so that old ones stay readable.
pub trait Body: Serialize + DeserializeOwned {
    /// What to call it in messages.
    const KIND: &'static str;
    /// The format written today.
    const FORMAT: u32 = 1;

    /// Reads what was written in this format or an older one. Where only fields were added, the type's own `serde`
    /// defaults are enough.
    ///
    /// # Errors
    /// When it is not of this kind.
    fn read(_format: u32, json: &RawValue) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json.get())
    }

    /// The lists that the record with this key stands in.
    fn lists(&self, _key: &Key) -> Lists {
        Lists::default()
    }
}

/// A record that cannot be had.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The table did not answer.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The record is there but cannot be understood.
    #[error("the {kind} record {key} cannot be read: {source}")]
    Unreadable {
        /// Kind of record.
        kind: &'static str,
        /// Its address.
        key: Key,
        /// What is wrong with it.
        source: Source,
    },
}

#[derive(Serialize)]
struct Written<'a, T> {
    v: u32,
    data: &'a T,
}

#[derive(Deserialize)]
struct Read<'a> {
    v: u32,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// A value together with the version that was read, so that it can be written back conditionally.
#[derive(Clone, Debug)]
pub struct Stored<T> {
    /// Address.
    pub key: Key,
    /// `None`: not stored yet.
    pub version: Option<u64>,
    /// When it wants attention.
    pub due: Option<Timestamp>,
    /// The value.
    pub value: T,
}

impl<T: Body> Stored<T> {
    /// A value that is not stored yet.
    pub fn new(key: Key, value: T) -> Self {
        Self {
            key,
            version: None,
            due: None,
            value,
        }
    }

    /// Reads a record's body.
    ///
    /// # Errors
    /// When the body is not of this kind, or newer than this program.
    pub fn decode(record: &Record) -> Result<Self, StoreError> {
        let unreadable = |source: Source| StoreError::Unreadable {
            kind: T::KIND,
            key: record.key.clone(),
            source,
        };
        let misread = |error: serde_json::Error| unreadable(error.into());
        let read: Read<'_> = serde_json::from_str(&record.body).map_err(misread)?;
        if read.v > T::FORMAT {
            let words = format!(
                "it has format {}, this program knows {}: finish the deployment of the newer version",
                read.v,
                T::FORMAT
            );
            return Err(unreadable(words.into()));
        }
        Ok(Self {
            key: record.key.clone(),
            version: Some(record.version),
            due: record.due,
            value: T::read(read.v, read.data).map_err(misread)?,
        })
    }

    /// The write that stores this value, on condition that nobody else has changed the record.
    ///
    /// # Errors
    /// When the value cannot be put into JSON.
    pub fn put(&self) -> Result<Write, StoreError> {
        let written = Written {
            v: T::FORMAT,
            data: &self.value,
        };
        let body = serde_json::to_string(&written).map_err(|error| StoreError::Unreadable {
            kind: T::KIND,
            key: self.key.clone(),
            source: error.into(),
        })?;
        Ok(Write::Put {
            key: self.key.clone(),
            expect: self.expect(),
            body,
            due: self.due,
            lists: self.value.lists(&self.key),
            expires: None,
        })
    }

    /// The same, of a record that the table may forget then. Never of links, the ledger or alerts.
    ///
    /// # Errors
    /// When the value cannot be put into JSON.
    pub fn put_until(&self, until: Timestamp) -> Result<Write, StoreError> {
        let mut write = self.put()?;
        if let Write::Put { expires, .. } = &mut write {
            *expires = Some(until);
        }
        Ok(write)
    }

    /// The same record, its value in another form.
    ///
    /// # Errors
    /// When the value has no such form.
    pub fn in_form<U: Body>(
        self,
        form: impl FnOnce(T) -> Result<U, serde_json::Error>,
    ) -> Result<Stored<U>, StoreError> {
        let Self {
            key,
            version,
            due,
            value,
        } = self;
        match form(value) {
            Ok(value) => Ok(Stored {
                key,
                version,
                due,
                value,
            }),
            Err(error) => Err(StoreError::Unreadable {
                kind: T::KIND,
                key,
                source: error.into(),
            }),
        }
    }

    /// What a write expects to find.
    pub fn expect(&self) -> Expect {
        self.version.map_or(Expect::Absent, Expect::Version)
    }

    /// After a successful write: the version that the table now holds.
    pub fn written(&mut self) {
        self.version = Some(self.version.unwrap_or(0) + 1);
    }
}

/// Reads one record.
///
/// # Errors
/// When the table does not answer or the record is of another kind.
pub async fn read<T: Body>(table: &impl Table, key: &Key) -> Result<Option<Stored<T>>, StoreError> {
    table
        .get(key)
        .await?
        .as_ref()
        .map(Stored::decode)
        .transpose()
}

/// Reads all records of one kind whose keys begin alike, in the order of their keys.
///
/// # Errors
/// When the table does not answer or a record is of another kind.
pub async fn read_all<T: Body>(
    table: &impl Table,
    prefix: &Key,
) -> Result<Vec<Stored<T>>, StoreError> {
    let mut all = Vec::new();
    let mut from = None;
    loop {
        let page = table.list(&prefix.partition, &prefix.sort, from).await?;
        for record in &page.records {
            all.push(Stored::decode(record)?);
        }
        from = page.next;
        if from.is_none() {
            return Ok(all);
        }
    }
}

/// Reads several records of one kind, in the order asked.
///
/// # Errors
/// When the table does not answer or a record is of another kind.
pub async fn read_many<T: Body>(
    table: &impl Table,
    keys: &[Key],
) -> Result<Vec<Option<Stored<T>>>, StoreError> {
    table
        .get_many(keys)
        .await?
        .iter()
        .map(|record| record.as_ref().map(Stored::decode).transpose())
        .collect()
}

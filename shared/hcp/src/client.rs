use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ports::{Http, HttpFailure, HttpRequest, HttpResponse, Method};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json, value::RawValue};

use crate::{
    Company, Customer, CustomerId, HcpError, Invoice, InvoiceId, Job, JobId, LineItem, Material,
    MaterialCategory, MaterialCategoryId, Outage, Tag, TagId, Wait,
    error_body::ErrorBody,
    records::{Fields, Missing, Record},
};

/// Lists of 200 rows take five to six seconds.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The most rows that Housecall Pro gives at once.
const PAGE_SIZE: usize = 200;

/// What stands for itself in a query; the brackets of `status[]` are encoded, as browsers do.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Reads Housecall Pro with a company's API key, and leaves notes and tags on its jobs.
///
/// It keeps no rate: five requests a second for one key are known to pass, more are throttled.
#[derive(Debug)]
pub struct Client<H> {
    http: H,
    base_url: String,
    api_key: SecretString,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Its records.
    pub items: Vec<T>,
    /// Which one this is, from 1.
    pub page: u32,
    /// How many there are now; the count moves while one reads.
    pub total_pages: u32,
    /// Why single records of the page could not be read (field and manner, no values). The others are in `items`:
    /// one odd record must not hide those behind it.
    pub unreadable: Vec<String>,
}

impl<H> Client<H> {
    /// A client for the company that the key belongs to. `base_url` has no trailing slash
    /// (`https://api.housecallpro.com`).
    pub fn new(http: H, base_url: impl Into<String>, api_key: SecretString) -> Self {
        Self {
            http,
            base_url: base_url.into(),
            api_key,
        }
    }
}

impl<H: Http> Client<H> {
    /// The account itself. Also the cheapest way to learn whether the key is accepted.
    ///
    /// # Errors
    /// As [`HcpError`] says; so for all reads.
    pub async fn company(&self) -> Result<Company, HcpError> {
        let what = "company";
        let mut company = self.answer(what, "/company").await?;
        Company::read(&mut company).map_err(|missing| unreadable(what, missing))
    }

    /// One job.
    pub async fn job(&self, id: &JobId) -> Result<Job, HcpError> {
        let what = format!("job {id}");
        self.record(&what, &format!("/jobs/{id}"), id.as_str())
            .await
    }

    /// All lines of a job, in the order in which they stand on it.
    pub async fn line_items(&self, id: &JobId) -> Result<Vec<LineItem>, HcpError> {
        let what = format!("line items of job {id}");
        let path = format!("/jobs/{id}/line_items");
        let mut lines: Vec<LineItem> = self.all(&what, &path, &["line_items", "data"]).await?;
        // Where a place cannot be read, they stay in the order of the list.
        if !lines.iter().any(|line| line.unread.has("order_index")) {
            lines.sort_by_key(|line| line.order_index.unwrap_or(i64::MAX));
            return Ok(lines);
        }
        for line in &mut lines {
            line.order_index = None;
        }
        Ok(lines)
    }

    /// All invoices of a job; none before the first is made. They leave the job's id out, so it is filled in.
    pub async fn invoices_of(&self, id: &JobId) -> Result<Vec<Invoice>, HcpError> {
        let what = format!("invoices of job {id}");
        let path = format!("/jobs/{id}/invoices");
        let mut invoices: Vec<Invoice> = self.all(&what, &path, &["invoices", "data"]).await?;
        for invoice in &mut invoices {
            invoice.job_id.get_or_insert_with(|| id.clone());
        }
        Ok(invoices)
    }

    /// One invoice.
    pub async fn invoice(&self, id: &InvoiceId) -> Result<Invoice, HcpError> {
        let what = format!("invoice {id}");
        self.record(&what, &format!("/api/invoices/{id}"), id.as_str())
            .await
    }

    /// One customer, with addresses. Merged and deleted customers are gone while jobs still embed them.
    pub async fn customer(&self, id: &CustomerId) -> Result<Customer, HcpError> {
        let what = format!("customer {id}");
        self.record(&what, &format!("/customers/{id}"), id.as_str())
            .await
    }

    /// Customers, the last changed first.
    pub async fn customers(&self, page: u32) -> Result<Page<Customer>, HcpError> {
        let query = [("sort_by", "updated_at"), ("sort_direction", "desc")];
        self.page("customers", "/customers", &query, page).await
    }

    /// The first customers that Housecall Pro finds by a text: part of a name, an e-mail address, a number.
    pub async fn customers_like(&self, text: &str) -> Result<Page<Customer>, HcpError> {
        self.page("customers by name", "/customers", &[("q", text)], 1)
            .await
    }

    /// Whether an invoice is one of those of these customers: no record tells whose it is. It is looked for among those
    /// that were paid from its own time on, or, unpaid, among those that were changed last.
    pub async fn is_of_one_of(
        &self,
        invoice: &Invoice,
        customers: &[CustomerId],
    ) -> Result<bool, HcpError> {
        let paid_at = invoice.paid_at.map(whole_second);
        let mut query = match &paid_at {
            Some(paid_at) => vec![
                ("paid_at_min", paid_at.as_str()),
                ("sort_by", "paid_at"),
                ("sort_direction", "asc"),
            ],
            None => vec![("sort_by", "updated_at"), ("sort_direction", "desc")],
        };
        let names = customers
            .iter()
            .map(|customer| ("customer_uuid[]", customer.as_str()));
        query.extend(names);
        let what = "invoices of some customers";
        let found: Page<Invoice> = self.page(what, "/invoices", &query, 1).await?;
        Ok(found.items.iter().any(|one| one.id == invoice.id))
    }

    /// All invoices, the first that was made first.
    pub async fn invoices(&self, page: u32) -> Result<Page<Invoice>, HcpError> {
        let query = [("sort_by", "created_at"), ("sort_direction", "asc")];
        self.page("invoices", "/invoices", &query, page).await
    }

    /// Invoices paid at or after a time, the earliest first, so that a cursor on `paid_at` never skips one.
    pub async fn paid_invoices(
        &self,
        paid_at_min: Timestamp,
        page: u32,
    ) -> Result<Page<Invoice>, HcpError> {
        let since = whole_second(paid_at_min);
        let query = [
            ("status[]", "paid"),
            ("paid_at_min", since.as_str()),
            ("sort_by", "paid_at"),
            ("sort_direction", "asc"),
        ];
        self.page("paid invoices", "/invoices", &query, page).await
    }

    /// Invoices, the last sent first. Ones that were never sent can stand before them, as databases sort
    /// missing values: a missing `sent_at` is no sign of the end.
    pub async fn sent_invoices(&self, page: u32) -> Result<Page<Invoice>, HcpError> {
        let query = [("sort_by", "sent_at"), ("sort_direction", "desc")];
        self.page("sent invoices", "/invoices", &query, page).await
    }

    /// Finished jobs, the last changed first: Housecall Pro has no filter by time of completion.
    pub async fn completed_jobs(&self, page: u32) -> Result<Page<Job>, HcpError> {
        let query = [
            ("work_status[]", "completed"),
            ("sort_by", "updated_at"),
            ("sort_direction", "desc"),
        ];
        self.page("completed jobs", "/jobs", &query, page).await
    }

    /// Jobs in any state, the last changed first: Housecall Pro does not look for a number.
    pub async fn jobs(&self, page: u32) -> Result<Page<Job>, HcpError> {
        let query = [("sort_by", "updated_at"), ("sort_direction", "desc")];
        self.page("jobs", "/jobs", &query, page).await
    }

    /// The categories of materials. Services have none that a company's key may read.
    pub async fn material_categories(&self, page: u32) -> Result<Page<MaterialCategory>, HcpError> {
        let path = "/api/price_book/material_categories";
        self.page("material categories", path, &[], page).await
    }

    /// The materials of a category: without one Housecall Pro lists none.
    pub async fn materials(
        &self,
        category: &MaterialCategoryId,
        page: u32,
    ) -> Result<Page<Material>, HcpError> {
        let query = [("material_category_uuid", category.as_str())];
        let what = format!("materials of category {category}");
        self.page(&what, "/api/price_book/materials", &query, page)
            .await
    }

    /// The tags that jobs can have.
    ///
    /// # Errors
    /// As [`HcpError`] says.
    pub async fn tags(&self, page: u32) -> Result<Page<Tag>, HcpError> {
        self.page("tags", "/tags", &[], page).await
    }

    /// Makes a tag. A name that there is already is refused.
    ///
    /// # Errors
    /// As [`HcpError`] says. Where there is no answer it may have been done; so for all writes.
    pub async fn make_tag(&self, name: &str) -> Result<Tag, HcpError> {
        let what = format!("the tag {name}");
        let sent = Sent::Json(json!({ "name": name }));
        let body = self.send(&what, sent, "/tags").await?;
        let mut tag: Fields = parsed(&what, &body)?;
        Tag::read(&mut tag).map_err(|missing| unreadable(&what, missing))
    }

    /// Leaves a note on a job. The same text twice is two notes.
    ///
    /// # Errors
    /// As for [`Self::make_tag`].
    pub async fn add_note(&self, job: &JobId, text: &str) -> Result<(), HcpError> {
        let sent = Sent::Json(json!({ "content": text }));
        let path = format!("/jobs/{job}/notes");
        self.send(&format!("a note on job {job}"), sent, &path)
            .await
            .map(drop)
    }

    /// Gives a job a tag; one that it has stays as it is.
    ///
    /// # Errors
    /// As for [`Self::make_tag`].
    pub async fn tag_job(&self, job: &JobId, tag: &TagId) -> Result<(), HcpError> {
        let sent = Sent::Json(json!({ "tag_id": tag }));
        let path = format!("/jobs/{job}/tags");
        self.send(&format!("a tag of job {job}"), sent, &path)
            .await
            .map(drop)
    }

    /// Takes a tag off a job. [`HcpError::NotFound`]: it did not have it, or there is no such job.
    ///
    /// # Errors
    /// As for [`Self::make_tag`].
    pub async fn untag_job(&self, job: &JobId, tag: &TagId) -> Result<(), HcpError> {
        let path = format!("/jobs/{job}/tags/{tag}");
        self.send(&format!("a tag of job {job}"), Sent::Removal, &path)
            .await
            .map(drop)
    }

    async fn page<T: Record>(
        &self,
        what: &str,
        path: &str,
        query: &[(&str, &str)],
        page: u32,
    ) -> Result<Page<T>, HcpError> {
        const ROWS: [&str; 7] = [
            "data",
            "jobs",
            "invoices",
            "customers",
            "material_categories",
            "materials",
            "tags",
        ];
        let what = format!("page {page} of {what}");
        let number = page.to_string();
        let size = PAGE_SIZE.to_string();
        let pairs: Vec<String> = query
            .iter()
            .chain(&[("page", number.as_str()), ("page_size", size.as_str())])
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let path = format!("{path}?{}", pairs.join("&"));
        let mut answer = self.answer(&what, &path).await?;
        let rows = answer
            .rows(&ROWS)
            .map_err(|missing| unreadable(&what, missing))?;
        let mut items = Vec::with_capacity(rows.len());
        let mut unreadable = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            match entry(row) {
                Ok(item) => items.push(item),
                Err(missing) => {
                    unreadable.push(missing.below(&format!("row {}", at + 1)).to_string());
                }
            }
        }
        let total_pages = ["total_pages", "total_pages_count"]
            .iter()
            .find_map(|name| answer.count(name));
        // Where it is not told how many there are, there is another one behind a full one.
        let more = u32::from(rows.len() >= PAGE_SIZE);
        Ok(Page {
            items,
            page: answer.count("page").unwrap_or(page),
            total_pages: total_pages.unwrap_or(page.saturating_add(more)),
            unreadable,
        })
    }

    /// All records of a list, of which none may be left out.
    async fn all<T: Record>(
        &self,
        what: &str,
        path: &str,
        names: &[&str],
    ) -> Result<Vec<T>, HcpError> {
        let rows = self.answer(what, path).await?.rows(names);
        let rows = rows.map_err(|missing| unreadable(what, missing))?;
        let name = names.first().copied().unwrap_or_default();
        let read = rows.iter().enumerate().map(|(at, row)| {
            entry(row).map_err(|missing| unreadable(what, missing.below(&format!("{name}[{at}]"))))
        });
        read.collect()
    }

    /// Reads the record with an id. `what` names it in errors.
    async fn record<T: Record>(&self, what: &str, path: &str, id: &str) -> Result<T, HcpError> {
        let mut record = self.answer(what, path).await?;
        record.or_id(id);
        T::read(&mut record).map_err(|missing| unreadable(what, missing))
    }

    /// Reads whatever stands at a path with its query.
    async fn answer(&self, what: &str, path: &str) -> Result<Fields, HcpError> {
        parsed(what, &self.send(what, Sent::Nothing, path).await?)
    }

    /// The body of the answer.
    async fn send(&self, what: &str, sent: Sent, path: &str) -> Result<Vec<u8>, HcpError> {
        let mut headers = vec![
            ("accept", "application/json".to_owned()),
            (
                "authorization",
                format!("Token {}", self.api_key.expose_secret()),
            ),
        ];
        let (method, body) = match sent {
            Sent::Nothing => (Method::Get, Vec::new()),
            Sent::Removal => (Method::Delete, Vec::new()),
            Sent::Json(body) => {
                headers.push(("content-type", "application/json".to_owned()));
                (Method::Post, body.to_string().into_bytes())
            }
        };
        let request = HttpRequest {
            method,
            url: format!("{}{path}", self.base_url),
            headers,
            body,
            timeout: TIMEOUT,
        };
        match self.http.send(request).await {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(answer.body),
            Ok(answer) => Err(refusal(what, &answer)),
            Err(failure @ HttpFailure::TooLong { .. }) => Err(HcpError::Unreadable {
                what: what.to_owned(),
                reason: failure.to_string(),
            }),
            Err(failure) => Err(HcpError::Unavailable {
                what: what.to_owned(),
                outage: failure.into(),
            }),
        }
    }
}

/// What a request carries.
enum Sent {
    /// It reads.
    Nothing,
    /// It removes what stands at its path.
    Removal,
    /// It adds this.
    Json(Value),
}

/// Whole seconds, rounded down: finer ones are not known to be understood.
fn whole_second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn parsed(what: &str, body: &[u8]) -> Result<Fields, HcpError> {
    serde_json::from_slice(body).map_err(|error| HcpError::Unreadable {
        what: what.to_owned(),
        reason: if error.is_data() {
            "it is not a record".to_owned()
        } else {
            "it is not JSON, or was cut off".to_owned()
        },
    })
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// Reads one record of a list.
fn entry<T: Record>(row: &RawValue) -> Result<T, Missing> {
    let fields = serde_json::from_str(row.get());
    T::read(&mut fields.map_err(|_| Missing::of_all())?)
}

fn unreadable(what: &str, Missing(field): Missing) -> HcpError {
    HcpError::UnreadableField {
        what: what.to_owned(),
        field,
    }
}

fn refusal(what: &str, answer: &HttpResponse) -> HcpError {
    let what = what.to_owned();
    let status = answer.status;
    let body = ErrorBody::parse(&answer.body);
    match (status, body) {
        (401, _) => HcpError::Unauthorized,
        (404, ErrorBody::Message(_) | ErrorBody::Silent) => HcpError::NotFound { what },
        (429, _) => HcpError::Throttled {
            what,
            wait: wait(answer),
        },
        (408 | 500.., _) => HcpError::Unavailable {
            what,
            outage: Outage::Status(status),
        },
        (_, ErrorBody::Message(message)) => HcpError::Refused {
            what,
            status,
            message,
        },
        // Also a 404: for a record that is gone Housecall Pro answers in JSON, so a wrong base URL must
        // not make every job look deleted.
        (_, ErrorBody::Html) => HcpError::Refused {
            what,
            status,
            message: "the address is unknown there; check the base URL".to_owned(),
        },
        (_, ErrorBody::Silent) => HcpError::Refused {
            what,
            status,
            message: "no reason given".to_owned(),
        },
    }
}

fn wait(answer: &HttpResponse) -> Wait {
    let after = answer.header("retry-after").and_then(|text| {
        let seconds = text
            .trim()
            .parse()
            .ok()
            .map(|n| Wait::For(Duration::from_secs(n)));
        seconds.or_else(|| {
            let date = rfc2822::parse(text).ok()?;
            Some(Wait::Until(date.timestamp()))
        })
    });
    let reset = || {
        let seconds = answer.header("ratelimit-reset")?.trim().parse().ok()?;
        Timestamp::from_second(seconds).ok().map(Wait::Until)
    };
    after.or_else(reset).unwrap_or(Wait::DEFAULT)
}

#[cfg(test)]
mod tests;

//! QuickBooks, as far as writes and look-ups go: objects with versions, and a memory of requests.

use std::collections::{BTreeMap, BTreeSet};

use qbo::Request;
use serde_json::Value;

/// A write as it arrives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// The `requestid`.
    pub request_id: String,
    path: String,
    is_void: bool,
    body: String,
}

impl From<&Request> for Order {
    fn from(request: &Request) -> Self {
        let id = request.request_id();
        Self {
            request_id: id.map_or_else(String::new, |id| id.as_str().to_owned()),
            path: request.path().to_owned(),
            is_void: (request.params().iter()).any(|(name, _)| name == "operation"),
            body: request.body().to_owned(),
        }
    }
}

/// How an object stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stands {
    /// It counts.
    Live,
    /// It was voided: it is shown, and counts nothing.
    Voided,
    /// Somebody deleted it: nothing shows it.
    Deleted,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Object {
    /// Its id.
    pub id: u32,
    /// Its version.
    pub version: u32,
    /// How it stands.
    pub stands: Stands,
    path: String,
    body: String,
}

impl Object {
    /// Its id, as we know it.
    pub fn qbo_id(&self) -> qbo::Id {
        qbo::Id::new(self.id.to_string())
    }

    /// Whether it counts.
    pub fn is_live(&self) -> bool {
        self.stands == Stands::Live
    }

    /// What a field of it says.
    pub fn text(&self, field: &str) -> String {
        let text = field_of(&self.body, field);
        text.as_str().unwrap_or_default().to_owned()
    }

    /// What it is looked up by.
    pub fn key(&self) -> String {
        self.text(key_of(&self.path))
    }

    /// All of it, with its identity.
    pub fn json(&self) -> Value {
        let mut json = parsed(&self.body);
        json["Id"] = self.id.to_string().into();
        json["SyncToken"] = self.version.to_string().into();
        json
    }
}

fn parsed(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_default()
}

fn field_of(body: &str, field: &str) -> Value {
    parsed(body)[field].take()
}

/// The field that a kind is looked up by.
fn key_of(path: &str) -> &'static str {
    match path {
        "customer" => "DisplayName",
        "payment" => "PaymentRefNum",
        _ => "DocNumber",
    }
}

/// What it says of a write.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It was done, and stands so.
    Done(Object),
    /// Another one has the name.
    NameTaken,
    /// It does not take it, whoever sends it.
    Refused,
    /// Not now: it was not looked at.
    Throttled,
    /// None came, or one that tells nothing.
    Lost,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Those of a path by their name or number.
    Key(&'static str, String),
    /// One by its id, voided or not.
    Id(qbo::Id),
    /// All of a path.
    All(&'static str),
}

/// What becomes of a call on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is carried out and answered.
    Plain,
    /// No answer comes, and the write may arrive for two minutes, or never.
    Lost,
    /// It fails with an error that tells nothing, is not carried out, and every repeat of it is answered so.
    Fails,
    /// It is refused.
    Refused,
    /// It is throttled.
    Throttled,
    /// A listing does not show yet what was made last.
    Stale,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quickbooks {
    /// All objects that there ever were.
    pub objects: Vec<Object>,
    /// Writes that may still arrive, and when they were sent.
    pub on_the_way: Vec<(Order, u32)>,
    /// Objects that a repeat was answered with from memory, after somebody had deleted them.
    pub answered_though_gone: BTreeSet<u32>,
    /// The first answer to each request.
    memory: BTreeMap<String, Answer>,
}

impl Quickbooks {
    /// Whether a request ever arrived.
    pub fn knows(&self, request_id: &str) -> bool {
        self.memory.contains_key(request_id)
    }

    /// How many requests arrived.
    pub fn arrived(&self) -> usize {
        self.memory.len()
    }

    /// The live objects.
    pub fn live(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|object| object.is_live())
    }

    /// What is shown.
    pub fn rows(&self, filter: &Filter) -> Vec<Object> {
        let is_meant = |object: &&Object| match filter {
            Filter::Key(path, key) => {
                object.path == *path && object.is_live() && object.key() == *key
            }
            Filter::Id(id) => object.qbo_id() == *id,
            Filter::All(path) => object.path == *path && object.is_live(),
        };
        let shown = self.objects.iter().filter(is_meant);
        let shown = shown.filter(|object| object.stands != Stands::Deleted);
        shown.cloned().collect()
    }

    /// Takes a write.
    pub fn take(&mut self, order: &Order, way: Way, now: u32) -> Answer {
        match way {
            Way::Plain | Way::Stale => self.arrives(order),
            Way::Lost => {
                self.on_the_way.push((order.clone(), now));
                Answer::Lost
            }
            Way::Throttled => Answer::Throttled,
            Way::Fails => self.remembered(order, Answer::Lost),
            Way::Refused => self.remembered(order, Answer::Refused),
        }
    }

    fn remembered(&mut self, order: &Order, answer: Answer) -> Answer {
        let id = order.request_id.clone();
        self.memory.entry(id).or_insert(answer).clone()
    }

    /// Carries a write out, unless it knows its request.
    pub fn arrives(&mut self, order: &Order) -> Answer {
        if let Some(answer) = self.memory.get(&order.request_id) {
            if let Answer::Done(object) = answer
                && self.rows(&Filter::Id(object.qbo_id())).is_empty()
            {
                self.answered_though_gone.insert(object.id);
            }
            return answer.clone();
        }
        let answer = self.carry_out(order);
        self.remembered(order, answer)
    }

    fn carry_out(&mut self, order: &Order) -> Answer {
        let id = field_of(&order.body, "Id");
        let Some(id) = id.as_str().map(str::to_owned) else {
            return self.make(&order.path, &order.body);
        };
        let version = field_of(&order.body, "SyncToken");
        let found = (self.objects.iter_mut()).find(|object| object.id.to_string() == id);
        let found = found.filter(|object| {
            object.is_live() && version.as_str() == Some(&object.version.to_string())
        });
        let Some(object) = found else {
            return Answer::Refused;
        };
        object.version += 1;
        if order.is_void {
            object.stands = Stands::Voided;
        } else {
            let mut body = parsed(&object.body);
            if let (Some(body), Value::Object(change)) = (body.as_object_mut(), parsed(&order.body))
            {
                body.extend(change);
            }
            object.body = body.to_string();
        }
        Answer::Done(object.clone())
    }

    /// Makes an object, also for somebody else. The names of customers are unique.
    pub fn make(&mut self, path: &str, body: &str) -> Answer {
        let object = Object {
            id: u32::try_from(self.objects.len()).map_or(0, |count| count + 1),
            version: 0,
            stands: Stands::Live,
            path: path.to_owned(),
            body: body.to_owned(),
        };
        let is_same = |other: &Object| other.path == path && other.key() == object.key();
        if path == "customer" && self.live().any(is_same) {
            return Answer::NameTaken;
        }
        self.objects.push(object.clone());
        Answer::Done(object)
    }

    /// What was sent longer than two minutes ago arrives no more.
    pub fn forget(&mut self, now: u32) {
        self.on_the_way.retain(|(_, sent)| now < sent + 120);
    }
}

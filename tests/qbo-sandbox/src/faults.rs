//! Failures on request: the next calls that match go wrong in a chosen way.

use std::time::Duration;

use serde::Deserialize;

/// A failure waiting for its call.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Form")]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Only calls with this verb.
    pub method: Option<String>,
    /// Only calls whose path has this part.
    pub path: Option<String>,
    /// Only calls about this entity: in the path, in a query, or in an item of a batch.
    pub entity: Option<String>,
    /// So many calls.
    pub count: u32,
}

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// 429 in XML, not done.
    Throttle,
    /// 500 with code 10000, not done.
    ServerError,
    /// 502 in HTML from a proxy, not done.
    Html502,
    /// Done, but answered late.
    Slow {
        /// How late.
        ms: u64,
    },
    /// Done, then the connection closes without an answer.
    CommitThenDrop,
    /// The connection closes, not done.
    DropBeforeCommit,
    /// All access tokens are dead from this call on.
    ExpireTokens,
    /// Writes to name lists get the transient 6000.
    NamesLock,
}

/// A failure as the control endpoint takes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    fault: FormKind,
    ms: Option<u64>,
    method: Option<String>,
    path: Option<String>,
    entity: Option<String>,
    count: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum FormKind {
    #[serde(alias = "429")]
    Throttle,
    #[serde(alias = "500")]
    ServerError,
    #[serde(rename = "html_502")]
    Html502,
    Slow,
    CommitThenDrop,
    DropBeforeCommit,
    ExpireTokens,
    NamesLock,
}

impl TryFrom<Form> for Fault {
    type Error = &'static str;

    fn try_from(form: Form) -> Result<Self, Self::Error> {
        let kind = match (form.fault, form.ms) {
            (FormKind::Slow, Some(ms)) => FaultKind::Slow { ms },
            (FormKind::Slow, None) => return Err("slow needs ms"),
            (_, Some(_)) => return Err("ms goes with slow only"),
            (FormKind::Throttle, None) => FaultKind::Throttle,
            (FormKind::ServerError, None) => FaultKind::ServerError,
            (FormKind::Html502, None) => FaultKind::Html502,
            (FormKind::CommitThenDrop, None) => FaultKind::CommitThenDrop,
            (FormKind::DropBeforeCommit, None) => FaultKind::DropBeforeCommit,
            (FormKind::ExpireTokens, None) => FaultKind::ExpireTokens,
            (FormKind::NamesLock, None) => FaultKind::NamesLock,
        };
        Ok(Self {
            kind,
            method: form.method,
            path: form.path,
            entity: form.entity,
            count: form.count.unwrap_or(1),
        })
    }
}

impl FaultKind {
    pub(crate) fn delay(&self) -> Duration {
        match self {
            Self::Slow { ms } => Duration::from_millis(*ms),
            _ => Duration::ZERO,
        }
    }
}

impl Fault {
    /// A failure of the next call, whatever it is.
    pub fn next(kind: FaultKind) -> Self {
        Self {
            kind,
            method: None,
            path: None,
            entity: None,
            count: 1,
        }
    }

    /// Only for calls about this entity.
    pub fn on(self, entity: &str) -> Self {
        Self {
            entity: Some(entity.to_owned()),
            ..self
        }
    }

    /// Only for calls with this verb.
    pub fn method(self, method: &str) -> Self {
        Self {
            method: Some(method.to_owned()),
            ..self
        }
    }

    /// Only for calls whose path has this part.
    pub fn path(self, part: &str) -> Self {
        Self {
            path: Some(part.to_owned()),
            ..self
        }
    }

    /// For so many calls.
    pub fn times(self, count: u32) -> Self {
        Self { count, ..self }
    }
}

/// The failures that are still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        if fault.count > 0 {
            self.0.push(fault);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether any failure waits for a certain entity.
    pub(crate) fn asks_for_entities(&self) -> bool {
        self.0.iter().any(|fault| fault.entity.is_some())
    }

    /// The first failure that matches, used up by one.
    pub(crate) fn take(
        &mut self,
        method: &str,
        path: &str,
        entities: &[String],
    ) -> Option<FaultKind> {
        let matches = |fault: &Fault| {
            fault
                .method
                .as_ref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && fault
                    .path
                    .as_ref()
                    .is_none_or(|part| path.contains(part.as_str()))
                && fault.entity.as_ref().is_none_or(|wanted| {
                    entities
                        .iter()
                        .any(|entity| entity.eq_ignore_ascii_case(wanted))
                })
        };
        let at = self.0.iter().position(matches)?;
        let fault = self.0.get_mut(at)?;
        fault.count -= 1;
        let kind = fault.kind.clone();
        if fault.count == 0 {
            self.0.remove(at);
        }
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_waits_for_its_call_and_is_used_up() {
        let mut faults = Faults::default();
        faults.add(Fault::next(FaultKind::Throttle).on("Invoice").times(2));
        let invoice = ["invoice".to_owned()];
        assert_eq!(faults.take("GET", "/x", &["customer".to_owned()]), None);
        assert_eq!(
            faults.take("GET", "/x", &invoice),
            Some(FaultKind::Throttle)
        );
        assert_eq!(
            faults.take("GET", "/x", &invoice),
            Some(FaultKind::Throttle)
        );
        assert_eq!(faults.take("GET", "/x", &invoice), None);
    }

    #[test]
    fn faults_are_read_from_json() {
        let read: Vec<Fault> = serde_json::from_str(
            r#"[{"fault":"slow","ms":50,"path":"query"},{"fault":"html_502","count":3}]"#,
        )
        .unwrap();
        assert_eq!(
            read[0],
            Fault::next(FaultKind::Slow { ms: 50 }).path("query")
        );
        assert_eq!(read[1], Fault::next(FaultKind::Html502).times(3));
        for wrong in [
            r#"{"fault":"slow"}"#,
            r#"{"fault":"throttle","ms":1}"#,
            r#"{"fault":"throttle","counts":1}"#,
            r#"{"fault":"flood"}"#,
        ] {
            assert!(serde_json::from_str::<Fault>(wrong).is_err(), "{wrong}");
        }
    }
}

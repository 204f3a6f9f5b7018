//! Notes and tags on a job.

use super::{Desk, Refusal, not_allowed};
use crate::{
    company::Tag,
    ids::{JobId, NoteId, TagId},
    shelf::When,
    work::Note,
};

impl Desk<'_> {
    /// A note, as the API adds it.
    pub(crate) fn add_note(&mut self, id: &JobId, content: &str) -> Result<NoteId, Refusal> {
        let note = NoteId::from(self.random.id(NoteId::PREFIX));
        let fresh = Note {
            id: note.clone(),
            content: content.to_owned(),
        };
        self.job_mut(id)?.notes.push(fresh);
        self.edited(id)?;
        Ok(note)
    }

    /// Takes a note off, as the API does.
    pub(crate) fn remove_note(&mut self, id: &JobId, note: &NoteId) -> Result<(), Refusal> {
        let job = self.job_mut(id)?;
        let before = job.notes.len();
        job.notes.retain(|kept| &kept.id != note);
        if job.notes.len() == before {
            return Err(Refusal::NotFound(format!("note {note} on the job")));
        }
        self.edited(id)
    }

    /// A tag on a job, as the API adds it. Adding it twice changes nothing.
    pub(crate) fn add_tag(&mut self, id: &JobId, tag: &TagId) -> Result<(), Refusal> {
        let name = self.tag_name(tag)?;
        let job = self.job_mut(id)?;
        if job.tags.contains(&name) {
            return Ok(());
        }
        job.tags.push(name);
        self.edited(id)
    }

    /// Takes a tag off a job, as the API does.
    pub(crate) fn remove_tag(&mut self, id: &JobId, tag: &TagId) -> Result<(), Refusal> {
        let name = self.tag_name(tag)?;
        let job = self.job_mut(id)?;
        let before = job.tags.len();
        job.tags.retain(|kept| *kept != name);
        if job.tags.len() == before {
            return Err(Refusal::NotFound(format!("tag {tag} on the job")));
        }
        self.edited(id)
    }

    /// A tag of the company, as the API makes it.
    pub(crate) fn create_tag(&mut self, name: &str) -> Tag {
        let tag = Tag {
            id: TagId::from(self.random.id(TagId::PREFIX)),
            name: name.to_owned(),
        };
        self.company.tags.add(tag.id.as_str(), tag.clone());
        tag
    }

    fn tag_name(&self, tag: &TagId) -> Result<String, Refusal> {
        self.company
            .tags
            .get(tag.as_str(), When::Now)
            .map(|tag| tag.name.clone())
            .ok_or_else(|| Refusal::NotFound(format!("tag {tag}")))
    }

    /// A tag on a job by its name, made where the company has none.
    pub(super) fn tag_job(&mut self, id: &JobId, name: &str) -> Result<String, Refusal> {
        if name.trim().is_empty() {
            return not_allowed("a tag needs a name");
        }
        let known = self
            .company
            .tags
            .all(When::Now)
            .find(|tag| tag.name == name)
            .map(|tag| tag.id.clone());
        let tag = match known {
            Some(tag) => tag,
            None => self.create_tag(name).id,
        };
        self.add_tag(id, &tag)?;
        Ok(tag.into())
    }
}

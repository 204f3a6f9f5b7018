//! Reads the XML form of recorded objects as the JSON form that they would have.

use qbo_sandbox::{Json, Object};

/// An element: name, attributes, children, text.
#[derive(Debug, Default)]
pub(crate) struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    /// The first element of this name, at any depth.
    pub(crate) fn parse(xml: &str, name: &str) -> Self {
        let mut open = vec![Self::default()];
        let mut rest = xml;
        while let Some(start) = rest.find('<') {
            if let Some(parent) = open.last_mut() {
                parent.text.push_str(&plain(rest[..start].trim()));
            }
            let ends = if rest[start..].starts_with("<!--") {
                "-->"
            } else {
                ">"
            };
            let end = start + rest[start..].find(ends).unwrap();
            let tag = &rest[start + 1..end];
            rest = &rest[end + ends.len()..];
            if tag.starts_with(['!', '?']) {
                continue;
            }
            if !tag.starts_with('/') {
                open.push(Self::of(tag.trim_end_matches('/')));
            }
            if tag.starts_with('/') || tag.ends_with('/') {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
        }
        let root = open.pop().unwrap();
        root.find(name).unwrap()
    }

    fn of(tag: &str) -> Self {
        let (name, rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        let mut pieces = rest.split('"');
        while let (Some(key), Some(value)) = (pieces.next(), pieces.next()) {
            attributes.push((key.trim().trim_end_matches('=').to_owned(), plain(value)));
        }
        Self {
            name: name.to_owned(),
            attributes,
            ..Self::default()
        }
    }

    fn find(self, name: &str) -> Option<Self> {
        if self.name == name {
            return Some(self);
        }
        self.children.into_iter().find_map(|child| child.find(name))
    }

    pub(crate) fn children(&self) -> &[Self] {
        &self.children
    }

    /// The JSON form; XML has no types, so what was found says which ones are meant.
    pub(crate) fn json(&self, found: Option<&Json>) -> Json {
        if self.children.is_empty() {
            return self.leaf(found);
        }
        let mut object = Object::new();
        for (name, value) in &self.attributes {
            let is_flag = value == "true" || value == "false";
            object.set(
                name,
                if is_flag {
                    Json::Bool(value == "true")
                } else {
                    value.as_str().into()
                },
            );
        }
        for child in &self.children {
            let like = found.and_then(|found| found.at(&child.name));
            if let Some(Json::List(list)) = like {
                let mut all = object
                    .get(&child.name)
                    .map_or(Vec::new(), |all| all.as_list().to_vec());
                all.push(child.json(list.get(all.len())));
                object.set(&child.name, all);
            } else {
                object.set(&child.name, child.json(like));
            }
        }
        object.into()
    }

    fn leaf(&self, found: Option<&Json>) -> Json {
        match found {
            Some(Json::Object(found)) if found.is_empty() => Object::new().into(),
            Some(Json::Object(found)) if found.get("value").is_none() => found
                .iter()
                .map(|(name, _)| (name.to_owned(), Json::List(Vec::new())))
                .collect::<Object>()
                .into(),
            Some(Json::Object(_)) => {
                let mut reference = Object::new().with("value", self.text.as_str());
                for (name, value) in &self.attributes {
                    reference.set(name, value.as_str());
                }
                reference.into()
            }
            Some(Json::Bool(_)) => Json::Bool(self.text == "true"),
            // Zeros at the end of a number are the form's.
            Some(Json::Number(found)) => {
                let read = Json::Number(self.text.clone()).as_decimal();
                if read.is_some() && read == Json::Number(found.clone()).as_decimal() {
                    Json::Number(found.clone())
                } else {
                    Json::Number(self.text.clone())
                }
            }
            _ => self.text.as_str().into(),
        }
    }
}

fn plain(text: &str) -> String {
    text.replace("&#xD;", "\r")
        .replace("&apos;", "'")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

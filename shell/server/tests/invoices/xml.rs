//! Just enough XML to read what the product writes, and none of its code.

/// One element.
#[derive(Debug, Default)]
pub struct Element {
    pub name: String,
    /// As they are written.
    pub attributes: String,
    /// Text of its own.
    pub own: String,
    pub children: Vec<Element>,
}

/// The element that a document is; none if it is not well-formed.
pub fn read(text: &str) -> Option<Element> {
    let mut rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
    let mut open: Vec<Element> = vec![Element::default()];
    while let Some((before, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>')?;
        open.last_mut()?.own.push_str(before.trim());
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let closed = open.pop().filter(|it| it.name == name)?;
            open.last_mut()?.children.push(closed);
        } else {
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            let (name, attributes) = (name.to_owned(), attributes.to_owned());
            open.push(Element { name, attributes, ..Element::default() });
        }
    }
    let mut whole = open.pop().filter(|_| rest.trim().is_empty())?;
    (open.is_empty() && whole.children.len() == 1).then(|| whole.children.remove(0))
}

impl Element {
    /// The first element on a path of names.
    pub fn at(&self, path: &str) -> Option<&Self> {
        path.split('/').try_fold(self, |at, name| at.children.iter().find(|child| child.name == name))
    }

    /// The text there; empty without.
    pub fn text(&self, path: &str) -> &str {
        self.at(path).map_or("", |element| &element.own)
    }

    /// The amount there, in cents; none without, or with more digits.
    pub fn cents(&self, path: &str) -> Option<i64> {
        self.at(path)?.as_cents()
    }

    pub fn as_cents(&self) -> Option<i64> {
        let (whole, part) = self.own.split_once('.').unwrap_or((&self.own, "00"));
        let part = if part.len() == 2 { part } else { return None };
        let sign = if whole.starts_with('-') { -1 } else { 1 };
        Some(whole.parse::<i64>().ok()? * 100 + sign * part.parse::<i64>().ok()?)
    }

    /// It and all that is in it.
    pub fn all(&self) -> Vec<&Self> {
        std::iter::once(self).chain(self.children.iter().flat_map(Self::all)).collect()
    }
}

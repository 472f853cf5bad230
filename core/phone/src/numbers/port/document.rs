//! Papers that a losing carrier asks for: a letter of authorization on paper, a bill. Specification of numbers, 1.5.1.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::PortOrder;
use crate::id::PortDocumentId;
use crate::limits::{FILE_NAME_CHARS_MAX, PORT_DOCUMENT_BYTES_MAX, PORT_DOCUMENTS_MAX};
use crate::rule::Broken;

/// A paper that is attached to an order; its content is kept beside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortDocument {
    pub id: PortDocumentId,
    pub kind: DocumentKind,
    /// As the file was called.
    pub name: String,
    pub media_type: MediaType,
    pub n_bytes: usize,
    pub added_at: Timestamp,
}

/// What a paper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    Bill,
    LetterOfAuthorization,
    Other,
}

/// What a file is, as its first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaType {
    Jpeg,
    Pdf,
    Png,
}

/// Why a paper is not attached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the file is empty")]
    Empty,
    #[error("the file has more than {PORT_DOCUMENT_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the file is no PDF, JPEG or PNG")]
    TypeUnknown,
    #[error(
        "the name of a file has 1 to {FILE_NAME_CHARS_MAX} characters, none of them a slash or a control character"
    )]
    NameMalformed,
    #[error("an order has at most {PORT_DOCUMENTS_MAX} documents")]
    TooMany,
    #[error(transparent)]
    Order(#[from] super::Refusal),
}

impl PortDocument {
    /// A file that may be kept.
    pub fn read(
        now: Timestamp,
        id: PortDocumentId,
        kind: DocumentKind,
        name: &str,
        content: &[u8],
    ) -> Result<Self, Refusal> {
        let name = name.trim();
        let is_name = (1..=FILE_NAME_CHARS_MAX).contains(&name.chars().count());
        if !is_name || name.chars().any(|it| it.is_control() || matches!(it, '/' | '\\')) {
            return Err(Refusal::NameMalformed);
        }
        match content.len() {
            0 => Err(Refusal::Empty),
            1..=PORT_DOCUMENT_BYTES_MAX => {
                let media_type = MediaType::of(content).ok_or(Refusal::TypeUnknown)?;
                Ok(Self { id, kind, name: name.to_owned(), media_type, n_bytes: content.len(), added_at: now })
            }
            _ => Err(Refusal::TooLarge),
        }
    }
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Bill, Self::LetterOfAuthorization, Self::Other];

    /// Its word in answers and names of files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bill => "bill",
            Self::LetterOfAuthorization => "letter_of_authorization",
            Self::Other => "other",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Bill => "a bill that shows the numbers",
            Self::LetterOfAuthorization => "the letter of authorization on paper, signed",
            Self::Other => "another document",
        }
    }
}

impl MediaType {
    /// What a file is; none if it is something else.
    pub fn of(content: &[u8]) -> Option<Self> {
        let starts: [(&[u8], Self); 3] =
            [(b"%PDF-", Self::Pdf), (b"\x89PNG\r\n\x1a\n", Self::Png), (b"\xff\xd8\xff", Self::Jpeg)];
        starts.into_iter().find(|(start, _)| content.starts_with(start)).map(|(_, found)| found)
    }

    /// Its name in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
        }
    }

    /// What names of such files end in.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Pdf => "pdf",
            Self::Png => "png",
        }
    }
}

impl PortOrder {
    /// The order with one document more.
    pub fn attach(&self, document: PortDocument) -> Result<Self, Refusal> {
        self.check_edit("changed")?;
        if PORT_DOCUMENTS_MAX <= self.documents.len() {
            return Err(Refusal::TooMany);
        }
        let mut documents = self.documents.clone();
        documents.push(document);
        Ok(Self { documents, ..self.clone() })
    }

    /// The order without a document; as it is if it has none of that id.
    pub fn detach(&self, document: PortDocumentId) -> Result<Self, Refusal> {
        self.check_edit("changed")?;
        let documents = self.documents.iter().filter(|it| it.id != document).cloned().collect();
        Ok(Self { documents, ..self.clone() })
    }

    /// What of this it has not got.
    pub fn missing_documents(&self, needed: &[DocumentKind]) -> impl Iterator<Item = DocumentKind> {
        needed.iter().copied().filter(|kind| self.documents.iter().all(|document| document.kind != *kind))
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "port_document.empty",
            Self::TooLarge => "port_document.too_large",
            Self::TypeUnknown => "port_document.type_unknown",
            Self::NameMalformed => "port_document.name_malformed",
            Self::TooMany => "port_document.too_many",
            Self::Order(refusal) => refusal.code(),
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Empty | Self::TypeUnknown => "send a PDF, or a picture as JPEG or PNG".to_owned(),
            Self::TooLarge => "scan it at a lower resolution, or send its pages one by one".to_owned(),
            Self::NameMalformed => "give it another name".to_owned(),
            Self::TooMany => "take one out first".to_owned(),
            Self::Order(refusal) => refusal.fix(),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::TooMany => true,
            Self::Empty | Self::TooLarge | Self::TypeUnknown | Self::NameMalformed => false,
            Self::Order(refusal) => refusal.is_conflict(),
        }
    }
}

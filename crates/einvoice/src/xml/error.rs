use crate::problem::{Flag, Problem};

/// Why bytes could not be read as XML. Every variant says where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Nothing but white space.
    #[error("the document is empty")]
    Empty,
    /// Above a named limit of this module.
    #[error("line {line}: {what} exceed the limit of {limit}")]
    TooLarge {
        /// What is too many or too large.
        what: &'static str,
        /// The limit, one of the `MAX_` constants.
        limit: usize,
        /// Line in the source, counted from 1.
        line: usize,
    },
    /// Not UTF-8, or a declared encoding that is not read.
    #[error("line {line}: {message}")]
    Encoding {
        /// What is wrong.
        message: String,
        /// Line in the source, counted from 1.
        line: usize,
    },
    /// A document type declaration. Refused, because it can define entities and fetch files.
    #[error("line {line}: a document type declaration (DOCTYPE) is not accepted")]
    Doctype {
        /// Line in the source, counted from 1.
        line: usize,
    },
    /// An entity other than the five of XML.
    #[error("line {line}: unknown entity &{entity};")]
    Entity {
        /// Its name.
        entity: String,
        /// Line in the source, counted from 1.
        line: usize,
    },
    /// Bytes that are no XML at all (binary, JSON, text).
    #[error("line {line}: this is not XML: {message}")]
    NotXml {
        /// What was found.
        message: String,
        /// Line in the source, counted from 1.
        line: usize,
    },
    /// XML that breaks a well-formedness rule, a truncated file among them.
    #[error("line {line}: not well-formed XML: {message}")]
    Malformed {
        /// What is wrong.
        message: String,
        /// Line in the source, counted from 1.
        line: usize,
    },
}

impl XmlError {
    /// Line in the source, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        match self {
            Self::Empty => 1,
            Self::TooLarge { line, .. }
            | Self::Encoding { line, .. }
            | Self::Doctype { line }
            | Self::Entity { line, .. }
            | Self::NotXml { line, .. }
            | Self::Malformed { line, .. } => *line,
        }
    }

    /// Stable code of the problem.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "xml_empty",
            Self::TooLarge { .. } => "xml_too_large",
            Self::Encoding { .. } => "xml_encoding",
            Self::Doctype { .. } => "xml_doctype",
            Self::Entity { .. } => "xml_entity",
            Self::NotXml { .. } => "xml_not_xml",
            Self::Malformed { .. } => "xml_malformed",
        }
    }

    /// What the sender of the file can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty => "Send the invoice file again; nothing arrived.",
            Self::TooLarge { .. } => "Split the document, or remove or shrink its attachments.",
            Self::Encoding { .. } => "Save the file as UTF-8 and declare encoding=\"UTF-8\".",
            Self::Doctype { .. } => "Remove the <!DOCTYPE ...> declaration; an e-invoice needs none.",
            Self::Entity { .. } => "Write the character itself instead of the entity.",
            Self::NotXml { .. } => "Send a UBL 2.1 Invoice or CreditNote as XML.",
            Self::Malformed { .. } => "The file is damaged or cut off; export it again from its source.",
        }
    }

    /// The error as a problem of the document.
    #[must_use]
    pub fn to_problem(&self) -> Problem {
        Problem::new(self.code(), Flag::Fatal, self.to_string()).with_hint(self.hint())
    }
}

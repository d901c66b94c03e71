//! Findings about a document, with a stable code and a cure.

use serde::{Deserialize, Serialize};

/// How bad a finding is. Only [`Flag::Fatal`] makes a document invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flag {
    /// The document will be refused.
    Fatal,
    /// Should be looked at; the document is still accepted.
    Warning,
    /// Worth knowing.
    Information,
}

/// One finding: what is wrong, where, and what to change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// Stable code: an official rule id (`BR-CO-10`) or a snake_case code of the product (`xml_doctype`).
    pub code: String,
    /// Severity.
    pub flag: Flag,
    /// Where: business term and element path, as far as known; empty for the whole document.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What is wrong, in words of a person who writes invoices.
    pub message: String,
    /// What to change; empty if the message says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
}

impl Problem {
    /// A problem without place and hint.
    #[must_use]
    pub fn new(code: impl Into<String>, flag: Flag, message: impl Into<String>) -> Self {
        Self { code: code.into(), flag, path: String::new(), message: message.into(), hint: String::new() }
    }

    /// A fatal problem.
    #[must_use]
    pub fn fatal(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(code, Flag::Fatal, message)
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(code, Flag::Warning, message)
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Says what to change.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Whether it is fatal.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        self.flag == Flag::Fatal
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        if !self.path.is_empty() {
            write!(f, " ({})", self.path)?;
        }
        if !self.hint.is_empty() {
            write!(f, " {}", self.hint)?;
        }
        Ok(())
    }
}

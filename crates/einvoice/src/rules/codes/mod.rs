//! Code lists, as words of one string.

pub(super) mod en16931;
pub(super) mod units;

use std::collections::HashSet;
use std::sync::OnceLock;

/// A list of codes. Looked up by hash after the first question.
pub(crate) struct CodeList {
    words: &'static str,
    set: OnceLock<HashSet<&'static str>>,
}

impl CodeList {
    /// A list from its codes, each with a space before and after.
    pub(crate) const fn new(words: &'static str) -> Self {
        Self { words, set: OnceLock::new() }
    }

    /// Whether a code is in the list.
    pub(crate) fn has(&self, code: &str) -> bool {
        self.set.get_or_init(|| self.words.split(' ').filter(|w| !w.is_empty()).collect()).contains(code)
    }

    /// Whether a text occurs anywhere in the list's own text: how some official rules ask, so "A A" is found.
    pub(crate) fn contains_text(&self, text: &str) -> bool {
        self.words.contains(text)
    }
}

//! Which mandate a document takes, and why: pinned, then chosen by a person, then bookmark.

use serde::{Deserialize, Serialize};

use crate::configuration::Configuration;
use crate::document::Fields;
use crate::flow::Flow;
use crate::id::MandateId;
use crate::{Problem, codes};

/// The answer to "which mandate would this take, and why".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub mandate: Option<MandateId>,
    pub because: Because,
    /// Warnings that do not stop it, such as an overlap of bookmarks.
    pub warnings: Vec<Problem>,
}

/// Why a mandate was taken, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Because {
    /// A person pinned it on the document.
    Pinned,
    /// The document is in this bookmark.
    Bookmark { name: String },
    /// A person chose it when sending.
    Chosen,
    /// No bookmark matches and nobody chose: stays, visibly, without an error.
    NoMatch,
}

/// Decides: pinned > bookmark > a person's choice. An inactive mandate never matches by bookmark.
pub fn route(
    fields: &impl Fields,
    flow: &Flow,
    configuration: &Configuration,
    pinned: Option<MandateId>,
    chosen: Option<MandateId>,
) -> Route {
    if let Some(mandate) = pinned {
        return Route { mandate: Some(mandate), because: Because::Pinned, warnings: Vec::new() };
    }
    let mut matching = flow.mandates.iter().filter_map(|id| {
        let mandate = configuration.mandates.get(id).filter(|mandate| mandate.active)?;
        let bookmark = configuration.bookmarks.get(&mandate.bookmark?)?;
        bookmark.filter.holds(fields).then(|| (*id, &mandate.name, &bookmark.name))
    });
    if let Some((id, name, bookmark)) = matching.next() {
        let others: Vec<String> = matching.map(|(_, other, _)| other.clone()).collect();
        let warnings =
            if others.is_empty() { Vec::new() } else { vec![codes::bookmarks_overlap(name, &others)] };
        return Route { mandate: Some(id), because: Because::Bookmark { name: bookmark.clone() }, warnings };
    }
    match chosen {
        Some(mandate) => Route { mandate: Some(mandate), because: Because::Chosen, warnings: Vec::new() },
        None => Route { mandate: None, because: Because::NoMatch, warnings: Vec::new() },
    }
}

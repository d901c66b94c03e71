use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::xml::Tree;
use crate::xml::names::rsm;

/// Which official rules a document is judged by. Names are those used by the e-invoicing community's tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// What the document itself declares, see [`Profile::guess`].
    Auto,
    /// EN 16931 in UBL.
    En16931Ubl,
    /// EN 16931 in CII.
    En16931Cii,
    /// Peppol BIS Billing 3.0 in UBL (EN 16931 included).
    PeppolUbl,
    /// The Peppol rules alone, without those of EN 16931.
    PeppolUblOnly,
    /// Peppol BIS self-billing 3.0 in UBL (EN 16931 included).
    PeppolUblSelfbilling,
    /// Peppol BIS Billing 3.0 in CII (EN 16931 included).
    PeppolCii,
    /// XRechnung in UBL (EN 16931 included).
    XrechnungUbl,
    /// XRechnung in CII (EN 16931 included).
    XrechnungCii,
    /// XRechnung in UBL with the Peppol rules its release merges in.
    XrechnungUblPeppol,
    /// XRechnung in CII with the Peppol rules its release merges in.
    XrechnungCiiPeppol,
}

/// The text names no profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown profile {0:?}; known are {known}", known = Profile::ALL.map(Profile::name).join(", "))]
pub struct UnknownProfile(pub String);

/// Bytes at the start of a document in which its own declaration is looked for.
const GUESS_BYTES: usize = 8192;

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 11] = [
        Self::Auto,
        Self::En16931Ubl,
        Self::En16931Cii,
        Self::PeppolUbl,
        Self::PeppolUblOnly,
        Self::PeppolUblSelfbilling,
        Self::PeppolCii,
        Self::XrechnungUbl,
        Self::XrechnungCii,
        Self::XrechnungUblPeppol,
        Self::XrechnungCiiPeppol,
    ];

    /// Its name, such as `peppol-ubl`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::En16931Ubl => "en16931-ubl",
            Self::En16931Cii => "en16931-cii",
            Self::PeppolUbl => "peppol-ubl",
            Self::PeppolUblOnly => "peppol-ubl-only",
            Self::PeppolUblSelfbilling => "peppol-ubl-selfbilling",
            Self::PeppolCii => "peppol-cii",
            Self::XrechnungUbl => "xrechnung-ubl",
            Self::XrechnungCii => "xrechnung-cii",
            Self::XrechnungUblPeppol => "xrechnung-ubl-peppol",
            Self::XrechnungCiiPeppol => "xrechnung-cii-peppol",
        }
    }

    /// Whether it judges CII documents.
    #[must_use]
    pub fn is_cii(self) -> bool {
        matches!(self, Self::En16931Cii | Self::PeppolCii | Self::XrechnungCii | Self::XrechnungCiiPeppol)
    }

    /// The profile a UBL document declares with its specification identifier (BT-24, CustomizationID).
    #[must_use]
    pub fn of_specification(specification: &str) -> Self {
        if specification.contains("xrechnung") {
            Self::XrechnungUbl
        } else if specification.contains("peppol.eu:2017:poacc:selfbilling") {
            Self::PeppolUblSelfbilling
        } else if specification.contains("peppol.eu:2017:poacc:billing") {
            Self::PeppolUbl
        } else {
            Self::En16931Ubl
        }
    }

    /// The profile a document of either syntax seems to declare: by its root and the text at its start.
    #[must_use]
    pub fn guess(tree: &Tree) -> Self {
        let mut end = tree.source().len().min(GUESS_BYTES);
        while !tree.source().is_char_boundary(end) {
            end -= 1;
        }
        let head = &tree.source()[..end];
        let name = tree.name(tree.root());
        let cii = name == rsm::CrossIndustryInvoice || tree.local(name).ends_with("CrossIndustryInvoice");
        match Self::of_specification(head) {
            profile if !cii => profile,
            Self::XrechnungUbl => Self::XrechnungCii,
            _ if head.contains("peppol.eu:2017:poacc:billing") => Self::PeppolCii,
            _ => Self::En16931Cii,
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        Self::ALL.into_iter().find(|p| p.name() == name).ok_or_else(|| UnknownProfile(name.to_owned()))
    }
}

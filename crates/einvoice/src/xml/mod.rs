//! One parse of an XML document into a compact tree that serves both the readers and the rules.
//!
//! ```
//! use einvoice::xml::{Tree, names::cbc};
//! let tree = Tree::parse(br#"<a xmlns="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><ID>7</ID></a>"#).unwrap();
//! let id = tree.child(tree.root(), cbc::ID).unwrap();
//! assert_eq!(tree.text(id), "7");
//! ```

mod characters;
mod encoding;
mod error;
mod name;
pub mod names;
mod parse;
mod tree;

pub use error::XmlError;
pub use name::Name;
pub use tree::{Children, Node, NodeId, Tree};

/// Largest document read, in bytes. EN 16931 attachments are base64, so real invoices reach megabytes.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;
/// Deepest nesting of elements. UBL invoices stay below 15; the rest leaves room for extensions.
pub const MAX_DEPTH: usize = 100;
/// Most elements of one document (an invoice line takes about 35).
pub const MAX_ELEMENTS: usize = 2_000_000;
/// Most attributes of one element, namespace declarations included.
pub const MAX_ATTRIBUTES: usize = 128;
/// Most namespace declarations in scope at one place.
pub const MAX_NAMESPACES: usize = 128;
/// Most different names outside [`names`] in one document.
pub const MAX_FOREIGN_NAMES: usize = 10_000;

//! UN/CEFACT Cross Industry Invoice D16B, read and written: the other syntax of EN 16931 (ZUGFeRD, Factur-X, XRechnung).

mod line;
mod read;
mod settlement;
mod trade;
mod write;
mod write_line;
mod write_settlement;

pub use read::{read, read_tree};
pub use write::{write, write_reporting};

/// Tax point date codes: UNTDID 2475, as CII has them, and UNTDID 2005, as the model has them (BT-8).
const TAX_POINT_CODES: [(&str, &str); 3] = [("5", "3"), ("29", "35"), ("72", "432")];

/// Name written beside a project reference (BT-11), which CII requires.
const PROJECT_NAME: &str = "Project reference";

//! XRechnung.

use super::Text;

pub(super) const RULES: &[(&str, Text)] = &[];

use super::names::{KNOWN, KNOWN_END, PREFIXES};

/// A qualified name (namespace and local name) of one document. Names of [`super::names`] are constants;
/// others get numbers of their own while parsing, valid in that [`super::Tree`] only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(pub(super) u16);

impl Name {
    /// Whether the name is one of [`super::names`].
    #[must_use]
    pub fn is_known(self) -> bool {
        self.0 < KNOWN_END
    }

    pub(super) const fn known(id: u16) -> Self {
        Self(id)
    }

    /// The known name written with the conventional prefix of its namespace (`cbc:ID`, `schemeID`).
    pub(crate) fn of_prefixed(text: &str) -> Option<Self> {
        let prefix = text.find(':').map_or("", |at| &text[..=at]);
        let namespace = PREFIXES.iter().position(|p| *p == prefix)?;
        Self::lookup(u16::try_from(namespace).ok()?, &text[prefix.len()..])
    }

    pub(super) fn lookup(namespace: u16, local: &str) -> Option<Self> {
        KNOWN.find(namespace, local).map(Name)
    }
}

const SLOTS: usize = 4096;
const FREE: u16 = u16::MAX;

/// Open-addressed hash table over the known names. Its content is fixed, so probing is short whatever is asked.
pub(super) struct Table {
    slots: [u16; SLOTS],
    tables: &'static [(u16, &'static [&'static str])],
}

const fn hash(namespace: u16, local: &[u8]) -> usize {
    let mut h: u32 = 0x811c_9dc5 ^ (namespace as u32).wrapping_mul(0x9e37_79b1);
    let mut i = 0;
    while i < local.len() {
        h = (h ^ local[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    ((h ^ (h >> 15)) as usize) % SLOTS
}

impl Table {
    pub(super) const fn build(tables: &'static [(u16, &'static [&'static str])]) -> Self {
        let mut slots = [FREE; SLOTS];
        let mut namespace = 0;
        while namespace < tables.len() {
            let (base, locals) = tables[namespace];
            let mut i = 0;
            while i < locals.len() {
                let mut at = hash(namespace as u16, locals[i].as_bytes());
                while slots[at] != FREE {
                    at = (at + 1) % SLOTS;
                }
                slots[at] = base + i as u16;
                i += 1;
            }
            namespace += 1;
        }
        Self { slots, tables }
    }

    fn find(&self, namespace: u16, local: &str) -> Option<u16> {
        let (base, locals) = *self.tables.get(usize::from(namespace))?;
        let mut at = hash(namespace, local.as_bytes());
        loop {
            let id = self.slots[at];
            if id == FREE {
                return None;
            }
            if locals.get(usize::from(id.wrapping_sub(base))) == Some(&local) {
                return Some(id);
            }
            at = (at + 1) % SLOTS;
        }
    }

    /// Namespace index and local name of a known name.
    pub(super) fn parts(&self, id: u16) -> Option<(u16, &'static str)> {
        let namespace = self.tables.iter().rposition(|(base, _)| *base <= id)?;
        let (base, locals) = self.tables[namespace];
        Some((namespace as u16, locals.get(usize::from(id - base))?))
    }
}

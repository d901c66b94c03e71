//! Sweeps over a folder: page by page in the order of keys, and from then on only what is new.
//!
//! What was offered counts as known only when the next poll comes with the cursor of that page: a page that could not be
//! saved is offered again. Each chain of cursors has its own memory, because several flows may read one folder. After a
//! restart there is none, and every file is offered once more; the same content changes nothing.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::path::Path;

use uuid::Uuid;

use super::read::{FILE_MAX, Known, Look, look};
use super::walk::{Entry, walk};
use crate::port::{Cursor, Page, Received};

/// Bytes of a page; one file may exceed it alone.
const PAGE_BYTES: usize = 32 * 1024 * 1024;
/// Chains remembered at once; the one that rested longest is forgotten first.
const CHAINS_MAX: usize = 16;
/// A memory of fewer files is not tidied.
const FORGET_FROM: usize = 1000;

/// The chains of one folder.
#[derive(Default)]
pub struct Sweeps {
    /// The latest used last.
    chains: Vec<Chain>,
}

/// What one chain of cursors has seen.
struct Chain {
    token: String,
    /// Counts the pages with something in them.
    number: u64,
    known: HashMap<String, Known>,
    /// Of the last page; known once its cursor comes back.
    offered: Vec<(String, Known)>,
    /// What is left of the sweep.
    left: VecDeque<Entry>,
}

impl Sweeps {
    /// The next page of a chain.
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn poll(&mut self, root: &Path, cursor: &Cursor, limit: usize) -> io::Result<Page> {
        let place = Place::of(&cursor.0);
        let mut chain = self.take(&place);
        if chain.left.is_empty() || chain.number != place.number {
            chain.left = walk(root, place.after)?.into();
            chain.forget_removed(place.after);
        }
        chain.number = place.number;
        let records = chain.page(root, limit);
        let more = !chain.left.is_empty();
        let after = if more { records.last().map_or(place.after, |last| last.key.as_str()) } else { "" };
        if !records.is_empty() || after != place.after {
            chain.number += 1;
        }
        let next = Cursor(format!("{}.{}/{after}", chain.token, chain.number));
        self.chains.push(chain);
        if self.chains.len() > CHAINS_MAX {
            self.chains.remove(0);
        }
        Ok(Page { records, next, more })
    }

    /// The chain the cursor belongs to, knowing what the cursor proves; a new one if it belongs to none.
    fn take(&mut self, place: &Place<'_>) -> Chain {
        let found = self.chains.iter().position(|chain| chain.token == place.token);
        match found.map(|at| self.chains.remove(at)) {
            Some(mut chain) if chain.number == place.number => {
                chain.known.extend(chain.offered.drain(..));
                chain
            }
            // the page after this cursor was not saved
            Some(mut chain) if chain.number == place.number + 1 => {
                chain.offered.clear();
                chain
            }
            _ => Chain {
                token: Uuid::new_v4().simple().to_string()[..12].to_owned(),
                number: place.number,
                known: HashMap::new(),
                offered: Vec::new(),
                left: VecDeque::new(),
            },
        }
    }
}

impl Chain {
    /// Files that are gone are forgotten once they are the greater part of the memory.
    fn forget_removed(&mut self, after: &str) {
        if after.is_empty() && self.known.len() > FORGET_FROM + 2 * self.left.len() {
            let there: HashSet<&str> = self.left.iter().map(|entry| entry.key.as_str()).collect();
            self.known.retain(|key, _| there.contains(key.as_str()));
        }
    }

    fn page(&mut self, root: &Path, limit: usize) -> Vec<Received> {
        let mut records = Vec::new();
        let mut bytes = 0;
        while records.len() < limit.max(1) && bytes + FILE_MAX <= PAGE_BYTES {
            let Some(entry) = self.left.pop_front() else { break };
            match look(&entry, root, self.known.get(&entry.key)) {
                Look::Nothing => {}
                Look::Same(known) => drop(self.known.insert(entry.key, known)),
                Look::Record(received, known) => {
                    bytes += received.bytes.len();
                    self.offered.extend(known.map(|known| (entry.key, known)));
                    records.push(received);
                }
            }
        }
        records
    }
}

/// A cursor read: `token.number/last key`. Anything else is the beginning.
struct Place<'a> {
    token: &'a str,
    number: u64,
    after: &'a str,
}

impl<'a> Place<'a> {
    fn of(cursor: &'a str) -> Self {
        let read = || {
            let (head, after) = cursor.split_once('/')?;
            let (token, number) = head.split_once('.')?;
            Some(Self { token, number: number.parse().ok()?, after })
        };
        read().unwrap_or(Self { token: "", number: 0, after: "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn of(keys: &[&str]) -> Self {
            let folder = Self(tempfile::tempdir().expect("folder"));
            keys.iter().for_each(|key| folder.write(key, key));
            folder
        }

        fn write(&self, key: &str, content: &str) {
            let path = self.0.path().join(key);
            fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            fs::write(path, content).expect("written");
        }

        fn poll(&self, sweeps: &mut Sweeps, cursor: &Cursor, limit: usize) -> (Vec<String>, Cursor, bool) {
            let page = sweeps.poll(self.0.path(), cursor, limit).expect("listed");
            (page.records.into_iter().map(|record| record.key).collect(), page.next, page.more)
        }
    }

    #[test]
    fn pages_lose_nothing_at_their_borders_and_then_only_news_are_offered() {
        let folder = Folder::of(&["a.xml", "b/1.xml", "b/2.xml", "b.xml", "c.xml"]);
        let mut sweeps = Sweeps::default();
        let (first, cursor, more) = folder.poll(&mut sweeps, &Cursor::default(), 2);
        assert_eq!((first, more), (vec!["a.xml".into(), "b.xml".into()], true));
        let (second, cursor, more) = folder.poll(&mut sweeps, &cursor, 2);
        assert_eq!((second, more), (vec!["b/1.xml".into(), "b/2.xml".into()], true));
        folder.write("a2.xml", "late");
        let (third, cursor, more) = folder.poll(&mut sweeps, &cursor, 2);
        assert_eq!((third, more), (vec!["c.xml".into()], false));
        let (late, cursor, _) = folder.poll(&mut sweeps, &cursor, 2);
        assert_eq!(late, ["a2.xml"]);
        let (nothing, same, _) = folder.poll(&mut sweeps, &cursor, 2);
        assert!(nothing.is_empty());
        assert_eq!(same, cursor, "a poll without news leaves nothing to save");
        folder.write("b/1.xml", "changed");
        assert_eq!(folder.poll(&mut sweeps, &cursor, 2).0, ["b/1.xml"]);
    }

    #[test]
    fn a_page_that_was_not_saved_is_offered_again() {
        let folder = Folder::of(&["a.xml", "b.xml", "c.xml"]);
        let mut sweeps = Sweeps::default();
        let (first, after_first, _) = folder.poll(&mut sweeps, &Cursor::default(), 2);
        assert_eq!(folder.poll(&mut sweeps, &Cursor::default(), 2).0, first);
        let (second, _, _) = folder.poll(&mut sweeps, &after_first, 2);
        assert_eq!(second, ["c.xml"]);
        let (again, end, _) = folder.poll(&mut sweeps, &after_first, 2);
        assert_eq!(again, ["c.xml"]);
        assert!(folder.poll(&mut sweeps, &end, 9).0.is_empty());
    }

    #[test]
    fn after_a_restart_the_sweep_goes_on_and_the_next_offers_everything_once() {
        let folder = Folder::of(&["a.xml", "b.xml", "c.xml"]);
        let (_, cursor, _) = folder.poll(&mut Sweeps::default(), &Cursor::default(), 1);
        let mut restarted = Sweeps::default();
        let (rest, cursor, _) = folder.poll(&mut restarted, &cursor, 9);
        assert_eq!(rest, ["b.xml", "c.xml"]);
        let (first, cursor, _) = folder.poll(&mut restarted, &cursor, 9);
        assert_eq!(first, ["a.xml"]);
        assert!(folder.poll(&mut restarted, &cursor, 9).0.is_empty());
    }

    #[test]
    fn two_flows_reading_one_folder_do_not_take_files_from_each_other() {
        let folder = Folder::of(&["a.xml"]);
        let mut sweeps = Sweeps::default();
        let (one, cursor_one, _) = folder.poll(&mut sweeps, &Cursor::default(), 9);
        let (two, cursor_two, _) = folder.poll(&mut sweeps, &Cursor::default(), 9);
        assert_eq!(one, two);
        assert_ne!(cursor_one, cursor_two);
        for cursor in [cursor_one, cursor_two] {
            assert!(folder.poll(&mut sweeps, &cursor, 9).0.is_empty());
        }
    }

    #[test]
    fn a_page_ends_before_it_holds_too_many_bytes() {
        let folder = Folder::of(&[]);
        for key in ["a.xml", "b.xml", "c.xml"] {
            let file = fs::File::create(folder.0.path().join(key)).expect("file");
            file.set_len(FILE_MAX as u64).expect("length");
        }
        let (keys, _, more) = folder.poll(&mut Sweeps::default(), &Cursor::default(), 9);
        assert_eq!((keys, more), (vec!["a.xml".to_owned()], true));
    }

    #[test]
    fn a_cursor_nobody_gave_begins_at_the_beginning() {
        let folder = Folder::of(&["a.xml"]);
        for cursor in ["", "x", "no.number/", "feedfacefeed.7/"] {
            assert_eq!(
                folder.poll(&mut Sweeps::default(), &Cursor(cursor.to_owned()), 9).0,
                ["a.xml"],
                "{cursor}"
            );
        }
    }
}

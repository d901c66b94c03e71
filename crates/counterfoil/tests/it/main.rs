//! The program and the house as a whole: one test binary, because every one more links the whole program again.

mod invariants;

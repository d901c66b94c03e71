//! Time per file of parsing, reading and judging, by hand: `bench_rules PROFILE ROUNDS FILE...`.

use std::time::Instant;

use einvoice::rules::{Profile, validate_tree};
use einvoice::{ubl, xml::Tree};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let profile: Profile = arguments.next().ok_or("a profile")?.parse()?;
    let rounds: u32 = arguments.next().ok_or("a number of rounds")?.parse()?;
    let files: Vec<Vec<u8>> = arguments.map(std::fs::read).collect::<Result<_, _>>()?;
    let trees: Vec<Tree> = files.iter().map(|f| Tree::parse(f)).collect::<Result<_, _>>()?;
    let bytes: usize = files.iter().map(Vec::len).sum();
    let per_file = |what: &str, mut work: Box<dyn FnMut() + '_>| {
        work();
        let start = Instant::now();
        (0..rounds).for_each(|_| work());
        let nanos = start.elapsed().as_nanos() / u128::from(rounds) / files.len() as u128;
        println!("{what}: {}.{:01} us per file", nanos / 1000, nanos % 1000 / 100);
    };
    println!("{} files, {} bytes on average", files.len(), bytes / files.len());
    per_file("parse", Box::new(|| files.iter().for_each(|f| drop(std::hint::black_box(Tree::parse(f))))));
    per_file("read", Box::new(|| trees.iter().for_each(|t| drop(std::hint::black_box(ubl::read_tree(t))))));
    per_file(
        "judge",
        Box::new(|| trees.iter().for_each(|t| drop(std::hint::black_box(validate_tree(t, profile))))),
    );
    Ok(())
}

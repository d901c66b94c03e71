//! `counterfoil sandbox`: the announcement comes first, alone and flushed, and everything it names accepts.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::Stdio;

use serde_json::Value;

use crate::program::program;

#[test]
fn the_first_line_says_where_everything_is() {
    let mut command = program();
    command.args(["sandbox", "--json", "--seed", "7"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
    let line = lines.next().expect("a line").expect("read");
    let announced: Value = serde_json::from_str(&line).expect("JSON");
    let addresses = announced.as_object().expect("an object");
    for name in ["elr", "control"] {
        let address = addresses[name].as_str().expect("an address");
        let host = address.strip_prefix("http://").expect("http");
        assert!(host.starts_with("127.0.0.1:"), "{address}");
        TcpStream::connect(host).unwrap_or_else(|error| panic!("{name} at {host}: {error}"));
    }
    // Asked politely, it ends as if it had finished.
    let process = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(process, rustix::process::Signal::TERM).expect("asked to end");
    assert_eq!(child.wait().expect("ends").code(), Some(0));
}

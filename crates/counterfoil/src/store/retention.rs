//! Bodies: compressed once they rest, and gone when their time is over.

/// Bytes as they were before they were stored.
pub(super) fn plain(bytes: Vec<u8>, encoding: &str, size: i64) -> Result<Vec<u8>, String> {
    use std::io::Read as _;
    if encoding != DEFLATE {
        return Ok(bytes);
    }
    let size = u64::try_from(size).unwrap_or(0);
    let mut plain = Vec::new();
    // Never more than it was, whatever the bytes say.
    let read = flate2::read::DeflateDecoder::new(bytes.as_slice()).take(size + 1).read_to_end(&mut plain);
    match read {
        Ok(read) if read as u64 == size => Ok(plain),
        Ok(_) => Err("inflates to another size".to_owned()),
        Err(error) => Err(format!("does not inflate: {error}")),
    }
}

/// How the bytes of a body lie in the row.
const DEFLATE: &str = "deflate";

//! Which characters XML allows, and what references stand for.

use super::XmlError;

/// Refuses what cannot start an XML document and characters XML does not allow.
pub(super) fn check(source: &str) -> Result<(), XmlError> {
    let start = source.trim_start_matches(is_space);
    if start.is_empty() {
        return Err(XmlError::Empty);
    }
    if !start.starts_with('<') {
        let message = format!("it starts with {:?}", start.chars().take(12).collect::<String>());
        return Err(XmlError::NotXml { message, line: 1 });
    }
    match forbidden(source) {
        None => Ok(()),
        Some(at) => {
            let line = 1 + source.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
            let c = source[at..].chars().next().map_or(0, u32::from);
            Err(XmlError::Malformed { message: format!("character U+{c:04X} is not allowed"), line })
        }
    }
}

/// Where the first character stands that XML does not allow: a control character, U+FFFE or U+FFFF. Looks at whole
/// blocks first, which the compiler turns into wide comparisons.
fn forbidden(source: &str) -> Option<usize> {
    const BLOCK: usize = 64;
    const LEAD: u8 = 0xEF;
    let control = |b: u8| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r');
    let bytes = source.as_bytes();
    for (number, block) in bytes.chunks(BLOCK).enumerate() {
        if !block.iter().fold(false, |found, b| found | control(*b) | (*b == LEAD)) {
            continue;
        }
        for (at, b) in block.iter().enumerate().map(|(i, b)| (number * BLOCK + i, *b)) {
            if control(b) || (b == LEAD && matches!(bytes.get(at + 1..at + 3), Some([0xBF, 0xBE | 0xBF]))) {
                return Some(at);
            }
        }
    }
    None
}

pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The character of a reference without its `&` and `;`: one of the five entities of XML, or a number. The error says
/// whether it is an unknown entity, rather than a number that is no character.
pub(super) fn reference(name: &str) -> Result<char, bool> {
    let number = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => name.strip_prefix('#').ok_or(true)?,
    };
    let code = match number.strip_prefix('x') {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok(),
        None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok(),
        _ => None,
    };
    code.and_then(char::from_u32).filter(|c| is_xml_char(*c)).ok_or(false)
}

fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Line ends as XML has them.
pub(super) fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

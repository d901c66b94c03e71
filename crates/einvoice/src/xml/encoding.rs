use super::{MAX_BYTES, XmlError};

/// The document as a string without byte order mark. UTF-8, US-ASCII, UTF-16 and ISO-8859-1 are read.
pub(super) fn decode(bytes: &[u8]) -> Result<String, XmlError> {
    if bytes.len() > MAX_BYTES {
        return Err(XmlError::TooLarge { what: "the bytes of the document", limit: MAX_BYTES, line: 1 });
    }
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => utf16(bytes, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        _ => match declared(bytes).as_deref() {
            None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => utf8(bytes),
            Some("iso-8859-1" | "latin1" | "latin-1") => Ok(bytes.iter().map(|b| char::from(*b)).collect()),
            Some(other) => Err(XmlError::Encoding {
                message: format!("the declared encoding {other:?} is not supported"),
                line: 1,
            }),
        },
    }
}

/// Lower-cased encoding of the XML declaration, if there is one.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(200)];
    let head = head.strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|w| w == b"?>")?;
    let text: String = head[..end].iter().map(|b| char::from(*b)).collect();
    let value = text.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(value[1..].split(quote).next()?.trim().to_ascii_lowercase())
}

fn utf8(bytes: &[u8]) -> Result<String, XmlError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(e) => {
            let good = &bytes[..e.valid_up_to()];
            let line = 1 + good.iter().filter(|b| **b == b'\n').count();
            let starts_as_xml = good.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<');
            if !starts_as_xml {
                return Err(XmlError::NotXml { message: "binary content".to_owned(), line });
            }
            Err(XmlError::Encoding {
                message: format!("byte 0x{:02X} is not valid UTF-8", bytes[e.valid_up_to()]),
                line,
            })
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, XmlError> {
    let broken = || XmlError::Encoding { message: "broken UTF-16".to_owned(), line: 1 };
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(broken());
    }
    let text: String =
        char::decode_utf16(pairs.iter().map(|p| unit(*p))).collect::<Result<_, _>>().map_err(|_| broken())?;
    Ok(text.strip_prefix('\u{FEFF}').map_or_else(|| text.clone(), str::to_owned))
}

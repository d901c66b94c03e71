//! A PDF of one page, just enough to be a real one.

use std::fmt::Write;

/// Lines that fit on the page.
const MAX_LINES: usize = 40;

/// One A4 page with one line of Helvetica below the other. Letters outside ASCII are shown as question marks.
pub(super) fn page(lines: &[String]) -> Vec<u8> {
    let mut content = "BT /F1 12 Tf 72 760 Td 18 TL\n".to_owned();
    for line in lines.iter().take(MAX_LINES) {
        let _ = writeln!(content, "({}) Tj T*", escaped(line));
    }
    content.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::with_capacity(objects.len());
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let table = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for offset in offsets {
        let _ = writeln!(file, "{offset:010} 00000 n ");
    }
    let _ =
        write!(file, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    file.into_bytes()
}

fn escaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for letter in line.chars() {
        match letter {
            '(' | ')' | '\\' => text.extend(['\\', letter]),
            ' '..='~' => text.push(letter),
            _ => text.push('?'),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ISO 32000-1, 7.5.4: each entry of the cross-reference table is the offset of its object.
    #[test]
    fn offsets_point_at_their_objects() {
        let file = String::from_utf8(page(&["Smith (UK) \\ Müller".to_owned()])).expect("ASCII");
        let start: usize = file
            .rsplit("startxref\n")
            .next()
            .and_then(|rest| rest.split('\n').next()?.parse().ok())
            .expect("start");
        let table = &file[start..];
        assert!(table.starts_with("xref\n0 6\n"));
        for (index, entry) in table.lines().skip(3).take(5).enumerate() {
            let offset: usize = entry[..10].parse().expect("offset");
            assert!(file[offset..].starts_with(&format!("{} 0 obj", index + 1)), "{entry}");
        }
        assert!(file.contains("(Smith \\(UK\\) \\\\ M?ller) Tj"));
    }
}

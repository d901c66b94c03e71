//! Input nobody should send: refused with a line and a cure, never a panic, never more than linear work.

use einvoice::problem::Problem;
use einvoice::rules::{Profile, validate};
use einvoice::ubl;
use einvoice::xml::{MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_FOREIGN_NAMES, MAX_NAMESPACES, Tree, names};

const NS: &str = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";

fn refused(bytes: &[u8]) -> Problem {
    let error = Tree::parse(bytes).expect_err("refused");
    let problem = error.to_problem();
    assert!(
        !problem.hint.is_empty() && problem.message.contains("line") || problem.code == "xml_empty",
        "{problem}"
    );
    assert!(ubl::read(bytes).is_err());
    let verdict = validate(bytes, Profile::Auto);
    assert!(!verdict.valid && verdict.error.is_some() && verdict.fatal.is_empty());
    problem
}

#[test]
fn each_kind_of_damage_has_its_code() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "xml_empty"),
        (b" \n\t ", "xml_empty"),
        (b"{\"kind\":\"invoice\"}", "xml_not_xml"),
        (b"%PDF-1.7\n%\xE2\xE3\xCF\xD3", "xml_not_xml"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "xml_not_xml"),
        (b"<?xml version=\"1.0\"?>", "xml_not_xml"),
        (b"<!-- only -->", "xml_not_xml"),
        (b"<a><b></a>", "xml_malformed"),
        (b"<a><b>", "xml_malformed"),
        (b"<a", "xml_malformed"),
        (b"<a/><b/>", "xml_malformed"),
        (b"<a/>text", "xml_malformed"),
        (b"<a x='1' x='2'/>", "xml_malformed"),
        (b"<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", "xml_malformed"),
        (b"<p:a/>", "xml_malformed"),
        (b"<a x='<'/>", "xml_malformed"),
        (b"<a x=1/>", "xml_malformed"),
        (b"<a>]]></a>", "xml_malformed"),
        (b"<a>&#0;</a>", "xml_malformed"),
        (b"<a>&#xD800;</a>", "xml_malformed"),
        (b"<a>\x01</a>", "xml_malformed"),
        (b"<a><!-- -- --></a>", "xml_malformed"),
        (b"<a> <?xml version='1.0'?></a>", "xml_malformed"),
        (b"<1a/>", "xml_malformed"),
        (b"<a>&nbsp;</a>", "xml_entity"),
        (b"<a x='&other;'/>", "xml_entity"),
        (b"<!DOCTYPE a><a/>", "xml_doctype"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "xml_doctype"),
        (b"<a>\xFF</a>", "xml_encoding"),
        (b"<?xml version='1.0' encoding='EBCDIC-US'?><a/>", "xml_encoding"),
        (b"\xFF\xFE<\0a\0/", "xml_encoding"),
    ];
    for (bytes, code) in cases {
        assert_eq!(refused(bytes).code, *code, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn the_line_is_named() {
    assert!(refused(b"<a>\n\n<b>&x;</b></a>").message.contains("line 3"));
    assert!(refused(b"<a>\n<b>\n</a>").message.contains("line 3"));
    let cut = refused(b"<a>\n<b>\n<c/>\n");
    assert!(cut.message.contains("line 2") && cut.message.contains("cut off"), "{cut}");
}

#[test]
fn limits_hold() {
    let deep = |n: usize| "<a>".repeat(n) + &"</a>".repeat(n);
    assert!(Tree::parse(deep(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(refused(deep(MAX_DEPTH + 1).as_bytes()).code, "xml_too_large");
    let attributes = |n: usize| format!("<a {}/>", (0..n).map(|i| format!("x{i}='' ")).collect::<String>());
    assert!(Tree::parse(attributes(MAX_ATTRIBUTES).as_bytes()).is_ok());
    assert_eq!(refused(attributes(MAX_ATTRIBUTES + 1).as_bytes()).code, "xml_too_large");
    let namespaces = |n: usize| (0..n).map(|i| format!("<a xmlns:p{i}='u{i}'>")).collect::<String>();
    assert_eq!(refused(namespaces(MAX_NAMESPACES + 1).as_bytes()).code, "xml_too_large");
    let names: String = (0..=MAX_FOREIGN_NAMES).map(|i| format!("<n{i}/>")).collect();
    assert_eq!(refused(format!("<a>{names}</a>").as_bytes()).code, "xml_too_large");
    assert_eq!(refused(&vec![b' '; MAX_BYTES + 1]).code, "xml_too_large");
}

#[test]
fn every_prefix_of_a_document_is_refused() {
    let xml = format!(
        "<?xml version=\"1.0\"?>\n<Invoice xmlns=\"{NS}\" a='&lt;'><!-- c --><x><![CDATA[y]]>&amp;</x></Invoice>"
    );
    assert!(Tree::parse(xml.as_bytes()).is_ok());
    for end in 0..xml.len() {
        assert!(Tree::parse(&xml.as_bytes()[..end]).is_err(), "{}", &xml[..end]);
    }
}

#[test]
fn encodings_are_read_and_texts_put_together() {
    let text = "<a x=' 1&#10;\n2 '>é&#x20AC;<![CDATA[<&>]]><!-- c -->\r\nz</a>";
    let expected = "é€<&>\nz";
    let latin1: Vec<u8> =
        "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".chars().map(|c| c as u8).collect();
    let utf16 = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let documents = [
        text.as_bytes().to_vec(),
        [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        [vec![0xFF, 0xFE], utf16(u16::to_le_bytes)].concat(),
        utf16(u16::to_be_bytes),
    ];
    for bytes in documents {
        let tree = Tree::parse(&bytes).expect("read");
        assert_eq!(tree.text(tree.root()), expected);
        // A reference to a line break stays one, a line break itself becomes a space.
        assert_eq!(tree.attributes(tree.root()).next().map(|(_, v)| v), Some(" 1\n 2 "));
        assert_eq!(tree.text_nodes(tree.root()).count(), 2);
    }
    let tree = Tree::parse(&latin1).expect("read");
    assert_eq!(tree.text(tree.root()), "é");
}

#[test]
fn names_are_those_of_their_namespace_whatever_the_prefix() {
    let cbc = names::cbc::NAMESPACE;
    let xml =
        format!("<x:ID xmlns:x='{cbc}'><ID xmlns='{cbc}' schemeID='1'/><ID/><y:ID xmlns:y='other'/></x:ID>");
    let tree = Tree::parse(xml.as_bytes()).expect("read");
    let kids: Vec<_> = tree.children(tree.root()).collect();
    assert_eq!(tree.name(tree.root()), names::cbc::ID);
    assert_eq!(tree.children_named(tree.root(), names::cbc::ID).count(), 1);
    assert_eq!(tree.attribute(kids[0], names::attr::schemeID), Some("1"));
    assert_eq!((tree.local(tree.name(kids[2])), tree.namespace(tree.name(kids[2]))), ("ID", "other"));
    assert_eq!(tree.path(kids[1]), "/cbc:ID/ID");
    assert!(tree.name(kids[1]) != tree.name(kids[2]));
}

#[test]
fn what_the_model_does_not_hold_is_reported_up_to_a_limit() {
    let many = "<x>1</x>".repeat(ubl::MAX_REPORTED + 5);
    let reading =
        ubl::read(format!("<Invoice xmlns=\"{NS}\">{many}</Invoice>").as_bytes()).expect("an invoice");
    assert_eq!(reading.unmapped.len(), ubl::MAX_REPORTED);
    assert_eq!(reading.unmapped[1].path, "/Invoice/x[2]");
    let not_invoice = ubl::read(b"<a xmlns='u'/>").expect_err("no invoice").to_problem();
    assert!(not_invoice.code == "not_an_invoice" && not_invoice.message.contains("{u}a"), "{not_invoice}");
}

#[test]
fn other_documents_are_never_valid() {
    let verdict = validate(b"<order xmlns='u'/>", Profile::Auto);
    assert!(
        !verdict.valid && verdict.fatal.is_empty() && verdict.structure[0].contains("{u}order"),
        "{verdict:?}"
    );
    let cii =
        b"<r:CrossIndustryInvoice xmlns:r='urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100'/>";
    let verdict = validate(cii, Profile::Auto);
    assert_eq!(verdict.profile, Profile::En16931Cii);
    assert!(!verdict.valid && verdict.error.is_some(), "{verdict:?}");
}

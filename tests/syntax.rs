use guanxi::source::{FileId, SourceFile};
use guanxi::syntax::parse;

#[test]
fn first_look_has_no_mistakes() {
    let text = include_str!("syntax/first_look.rules");
    let (tree, diagnostics) = parse(&SourceFile::new(FileId(0), "first_look.rules", text));
    for d in &diagnostics {
        eprintln!("{} {} {}", d.span.start, d.message, d.code.name);
    }
    assert!(diagnostics.is_empty());
    assert_eq!(tree.declarations.len(), 16);
}

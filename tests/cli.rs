//! Transcripts of the command line, the README's among them: what is printed is what is promised.

#[test]
fn transcripts() {
    trycmd::TestCases::new()
        .case("tests/cli/*.trycmd")
        .case("tests/cli/*.md")
        .case("README.md")
        .env("NO_COLOR", "1")
        .env("COLUMNS", "80");
}

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

/// The README's two commands, and that every command it names is there.
#[test]
fn the_readme_names_commands_that_are_there() {
    let readme = include_str!("../README.md");
    assert!(readme.contains("\ncargo run --release -- run examples/tea-house --today 2026-11-21 "));
    assert!(readme.contains("\ncargo test "));
    let commands = readme.lines().filter_map(|l| l.strip_prefix("guanxi "));
    for command in commands.filter_map(|l| l.split_whitespace().next()) {
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_guanxi"))
            .args([command, "--help"])
            .stdout(std::process::Stdio::null())
            .status()
            .expect("the program runs");
        assert!(status.success(), "`guanxi {command}`");
    }
}

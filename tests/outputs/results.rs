//! `test --output-format junit|github`.

use crate::support::{command, text, told, write, xml};
use std::process::Output;

const RULES: &str = "workspace \"茶馆\" {
  currency CNY
}

record 顾客 from \"customers\" {
  编号: text key
  消费: money
}

tiers 等级 for 顾客 by 消费 {
  银 from 0 CNY
  金 from 1_000 CNY
}
";

const TESTS: &str = "test \"满一千, 即为金卡: 100%\" {
  today is 2026-11-21
  given 顾客 { 编号: \"甲\", 消费: 999 CNY }
  expect 顾客 \"甲\": 等级 = 金
  expect 顾客 \"甲\": 消费 = 1_000 CNY
}

test \"a <b> & \\\"c\\\"\" {
  today is 2026-11-21
  given 顾客 { 编号: \"乙\", 消费: 1_000 CNY }
  expect 顾客 \"乙\": 等级 = 金
}
";

fn tested(args: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        folder.path(),
        &[("店.rules", RULES), ("店.test.rules", TESTS)],
    );
    command(folder.path())
        .arg("test")
        .args(args)
        .output()
        .expect("the program runs")
}

#[test]
fn each_format_as_it_is_read() {
    for format in ["junit", "github"] {
        let output = tested(&["--output-format", format]);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        insta::assert_snapshot!(format!("test-{format}"), text(output));
    }
}

#[test]
fn a_case_is_a_test() {
    let root = xml(&text(tested(&["--output-format", "junit"])));
    // The file without tests is no suite.
    assert_eq!(root.children.len(), 1);
    let suite = &root.children[0];
    assert_eq!(suite.attribute("file"), "店.test.rules");
    let [failed, passed] = suite.children.as_slice() else {
        panic!("{suite:#?}");
    };
    assert_eq!(passed.attribute("name"), "a <b> & \"c\"");
    assert!(passed.children.is_empty());
    assert_eq!(failed.children.len(), 1);
    let failure = &failed.children[0];
    assert!(failure.attribute("message").ends_with("(and 1 more)"));
    assert!(failure.text.contains("店.test.rules:4:") && failure.text.contains("店.test.rules:5:"));
    assert_eq!(
        (root.attribute("tests"), root.attribute("failures")),
        ("2", "1")
    );
}

#[test]
fn what_passes_needs_no_annotation() {
    let output = tested(&["--output-format", "github", "--filter", "<b>"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(text(output), "");
}

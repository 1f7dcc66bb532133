//! `trim(t)`

use super::{Function, TEXT, map_text, takes};
use crate::schema::Type;

pub static FUNCTION: Function = Function {
    name: "trim",
    signature: "trim(t)",
    docs: r#"The text without white space at its ends.

```guanxi
trim("  Li Wei ") = "Li Wei"
```
"#,
    result: |arguments| takes(arguments, &[TEXT]).map(|()| Type::Text),
    may_be_missing: false,
    kernel: |a, _| map_text(&a[0], |t| t.trim().into()),
};

#[cfg(test)]
mod tests {
    use crate::functions::tests::of_text;

    #[test]
    fn maps_texts() {
        assert_eq!(of_text("trim", " \u{3000}Li Wei\t"), "Li Wei");
    }
}

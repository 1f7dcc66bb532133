//! `first_word(t)`

use super::{Function, TEXT, map_text, takes};
use crate::schema::Type;

pub static FUNCTION: Function = Function {
    name: "first_word",
    signature: "first_word(t)",
    docs: r#"The text up to its first white space, without white space before it. A blank text has a blank first word.

```guanxi
first_word("Li Wei") = "Li"
first_word("  Anna Maria Berg") = "Anna"
first_word("") = ""
```
"#,
    result: |arguments| takes(arguments, &[TEXT]).map(|()| Type::Text),
    may_be_missing: false,
    kernel: |a, _| map_text(&a[0], |t| t.split_whitespace().next().unwrap_or("").into()),
};

#[cfg(test)]
mod tests {
    use crate::functions::tests::of_text;

    #[test]
    fn maps_texts() {
        assert_eq!(of_text("first_word", "  Anna Maria"), "Anna");
        assert_eq!(of_text("first_word", " "), "");
    }
}

//! `upper(t)`

use super::{Function, TEXT, map_text, takes};
use crate::schema::Type;

pub static FUNCTION: Function = Function {
    name: "upper",
    signature: "upper(t)",
    docs: r#"The text in capital letters. Scripts without them stay as they are.

```guanxi
upper("Li Wei") = "LI WEI"
upper("straße") = "STRASSE"
```
"#,
    result: |arguments| takes(arguments, &[TEXT]).map(|()| Type::Text),
    may_be_missing: false,
    kernel: |a, _| map_text(&a[0], |t| t.to_uppercase().into()),
};

#[cfg(test)]
mod tests {
    use crate::functions::tests::of_text;

    #[test]
    fn maps_texts() {
        assert_eq!(of_text("upper", "straße 李"), "STRASSE 李");
    }
}

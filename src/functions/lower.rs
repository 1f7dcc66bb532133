//! `lower(t)`

use super::{Function, TEXT, map_text, takes};
use crate::schema::Type;

pub static FUNCTION: Function = Function {
    name: "lower",
    signature: "lower(t)",
    docs: r#"The text in small letters. Scripts without them stay as they are.

```guanxi
lower("Li Wei") = "li wei"
lower("ÄRGER 李") = "ärger 李"
```
"#,
    result: |arguments| takes(arguments, &[TEXT]).map(|()| Type::Text),
    may_be_missing: false,
    kernel: |a, _| map_text(&a[0], |t| t.to_lowercase().into()),
};

#[cfg(test)]
mod tests {
    use crate::functions::tests::of_text;

    #[test]
    fn maps_texts() {
        assert_eq!(of_text("lower", "Li WEI Ä李"), "li wei ä李");
    }
}

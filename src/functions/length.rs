//! `length(t)`

use super::{Function, TEXT, takes};
use crate::schema::Type;
use crate::vector::{Values, Vector};

pub static FUNCTION: Function = Function {
    name: "length",
    signature: "length(t)",
    docs: r#"How many characters the text has (Unicode scalar values, not bytes).

```guanxi
length("Li Wei") = 6
length("生日快乐") = 4
length("") = 0
```
"#,
    result: |arguments| takes(arguments, &[TEXT]).map(|()| Type::Integer),
    may_be_missing: false,
    kernel: |a, _| {
        let Values::Text(texts) = &a[0].values else {
            unreachable!("checked: a text")
        };
        Ok(Vector {
            values: Values::Integer(texts.iter().map(|t| t.chars().count() as i64).collect()),
            valid: a[0].valid.clone(),
        })
    },
};

#[cfg(test)]
mod tests {
    use crate::functions::tests::{call, text};
    use crate::vector::Values;

    #[test]
    fn counts_characters() {
        let lengths = call("length", &[text(&["", "Li Wei", "生日快乐"])]).unwrap();
        let Values::Integer(lengths) = lengths.values else {
            panic!()
        };
        assert_eq!(*lengths, [0, 6, 4]);
    }
}

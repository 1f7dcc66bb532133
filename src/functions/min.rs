//! `min(a, b)`

use super::{Function, extreme};

pub static FUNCTION: Function = Function {
    name: "min",
    signature: "min(a, b)",
    docs: r#"The smaller of two numbers, percentages, amounts of money, dates, datetimes, times or durations of one type.

```guanxi
min(3, 1) = 1
min(2 CNY, 5 CNY) = 2 CNY
min(2026-01-31, 2026-02-01) = 2026-01-31
```
"#,
    result: extreme::result,
    may_be_missing: false,
    kernel: |a, context| Ok(extreme::smaller(&a[0], &a[1], context.rows)),
};

#[cfg(test)]
mod tests {
    use crate::functions::tests::{call, integers};
    use crate::vector::Values;

    #[test]
    fn takes_the_smaller_and_broadcasts() {
        let v = call("min", &[integers(&[3, -7, 5]), integers(&[4])]).unwrap();
        let Values::Integer(v) = v.values else {
            panic!()
        };
        assert_eq!(*v, [3, -7, 4]);
    }
}

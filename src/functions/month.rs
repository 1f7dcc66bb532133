//! `month(d)`

use super::{DAY, Function, map_day, takes};
use crate::schema::Type;

pub static FUNCTION: Function = Function {
    name: "month",
    signature: "month(d)",
    docs: r#"The month of a date, 1 for January to 12 for December; in the workspace's zone for a datetime.

```guanxi
month(2026-11-21) = 11
```
"#,
    result: |arguments| takes(arguments, &[DAY]).map(|()| Type::Integer),
    may_be_missing: false,
    kernel: |a, context| map_day(&a[0], context, |d| i64::from(d.ymd().1)),
};

#[cfg(test)]
mod tests {
    use crate::functions::tests::of_day;

    #[test]
    fn reads_the_calendar() {
        assert_eq!(of_day("month", "2026-11-21"), 11);
    }
}

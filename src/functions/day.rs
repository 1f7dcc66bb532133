//! `day(d)`

use super::{DAY, Function, map_day, takes};
use crate::schema::Type;

pub static FUNCTION: Function = Function {
    name: "day",
    signature: "day(d)",
    docs: r#"The day of the month of a date, 1 to 31; in the workspace's zone for a datetime.

```guanxi
day(2026-11-21) = 21
```
"#,
    result: |arguments| takes(arguments, &[DAY]).map(|()| Type::Integer),
    may_be_missing: false,
    kernel: |a, context| map_day(&a[0], context, |d| i64::from(d.ymd().2)),
};

#[cfg(test)]
mod tests {
    use crate::functions::tests::of_day;

    #[test]
    fn reads_the_calendar() {
        assert_eq!(of_day("day", "2024-02-29"), 29);
    }
}

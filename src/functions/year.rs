//! `year(d)`

use super::{DAY, Function, map_day, takes};
use crate::schema::Type;

pub static FUNCTION: Function = Function {
    name: "year",
    signature: "year(d)",
    docs: r#"The year of a date, in the workspace's zone for a datetime.

```guanxi
year(2026-11-21) = 2026
```
"#,
    result: |arguments| takes(arguments, &[DAY]).map(|()| Type::Integer),
    may_be_missing: false,
    kernel: |a, context| map_day(&a[0], context, |d| i64::from(d.ymd().0)),
};

#[cfg(test)]
mod tests {
    use crate::functions::tests::of_day;

    #[test]
    fn reads_the_calendar() {
        assert_eq!(of_day("year", "2026-11-21"), 2026);
        assert_eq!(of_day("year", "0001-01-01"), 1);
    }
}

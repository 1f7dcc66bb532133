//! `weekday(d)`

use super::{DAY, Function, map_day, takes};
use crate::schema::Type;

pub static FUNCTION: Function = Function {
    name: "weekday",
    signature: "weekday(d)",
    docs: r#"The day of the week of a date, 1 for Monday to 7 for Sunday; in the workspace's zone for a datetime.

```guanxi
weekday(2026-11-21) = 6
weekday(2026-11-22) = 7
weekday(2026-11-23) = 1
```
"#,
    result: |arguments| takes(arguments, &[DAY]).map(|()| Type::Integer),
    may_be_missing: false,
    kernel: |a, context| map_day(&a[0], context, |d| i64::from(d.weekday()) + 1),
};

#[cfg(test)]
mod tests {
    use crate::functions::tests::of_day;

    #[test]
    fn reads_the_calendar() {
        assert_eq!(of_day("weekday", "2026-11-21"), 6);
        assert_eq!(of_day("weekday", "2026-11-23"), 1);
    }
}

//! `date_of(dt)`

use super::{DATETIME, Function, takes};
use crate::schema::Type;
use crate::vector::{Values, Vector};

pub static FUNCTION: Function = Function {
    name: "date_of",
    signature: "date_of(dt)",
    docs: r#"The day of a datetime in the workspace's zone.

```guanxi
date_of(2026-11-21T09:00Z) = 2026-11-21
```
"#,
    result: |arguments| takes(arguments, &[DATETIME]).map(|()| Type::Date),
    may_be_missing: false,
    kernel: |a, context| {
        let Values::DateTime(instants) = &a[0].values else {
            unreachable!("checked: a datetime")
        };
        Ok(Vector {
            values: Values::Date(instants.iter().map(|t| (context.day_of)(*t)).collect()),
            valid: a[0].valid.clone(),
        })
    },
};

#[cfg(test)]
mod tests {
    use crate::functions::tests::call;
    use crate::schema::DAY_MICROS;
    use crate::vector::{Values, Vector};

    #[test]
    fn takes_the_day() {
        let instants = Vector::new(Values::DateTime(vec![0, -1, DAY_MICROS].into()));
        let Values::Date(days) = call("date_of", &[instants]).unwrap().values else {
            panic!()
        };
        assert_eq!(*days, [0, -1, 1]);
    }
}

//! Helpers of the functions' tests, and the invariants of the registry.

use super::*;

pub fn text<'a>(texts: &[&'a str]) -> Vector<'a> {
    Vector::new(Values::Text(
        texts.iter().map(|t| Cow::Borrowed(*t)).collect(),
    ))
}

pub fn integers(numbers: &[i64]) -> Vector<'static> {
    Vector::new(Values::Integer(Cow::Owned(numbers.to_vec())))
}

/// Days of datetimes are those of UTC.
pub fn call<'a>(name: &str, arguments: &[Vector<'a>]) -> KernelResult<'a> {
    let rows = arguments.iter().map(|a| a.values.len()).max().unwrap_or(1);
    let day_of = |t: i64| t.div_euclid(crate::schema::DAY_MICROS) as i32;
    let function = get(find(name).unwrap());
    let context = Context {
        rows,
        day_of: &day_of,
    };
    (function.kernel)(arguments, &context)
}

pub fn of_text(name: &str, argument: &str) -> String {
    // An owned text takes the other way through the kernel and must come to the same.
    let owned = Vector::new(Values::Text(vec![Cow::Owned(argument.to_string())]));
    let results = [text(&[argument]), owned].map(|a| match call(name, &[a]).unwrap().values {
        Values::Text(t) => t[0].to_string(),
        _ => panic!(),
    });
    assert_eq!(results[0], results[1]);
    results[0].clone()
}

pub fn of_day(name: &str, day: &str) -> i64 {
    let day = Day::parse_iso(day.as_bytes()).unwrap();
    let date = Vector::new(Values::Date(vec![day.0].into()));
    let noon = i64::from(day.0) * crate::schema::DAY_MICROS + 43_200_000_000;
    let datetime = Vector::new(Values::DateTime(vec![noon].into()));
    let results = [date, datetime].map(|a| match call(name, &[a]).unwrap().values {
        Values::Integer(n) => n[0],
        _ => panic!(),
    });
    assert_eq!(results[0], results[1]);
    results[0]
}

#[test]
fn the_registry_is_sorted_and_documented() {
    assert!(ALL.windows(2).all(|w| w[0].name < w[1].name));
    for (i, function) in ALL.iter().enumerate() {
        assert_eq!(find(function.name), Some(FunctionId(i as u16)));
        assert!(function.signature.starts_with(function.name));
        assert!(function.docs.contains("```guanxi\n"), "{}", function.name);
    }
}

#[test]
fn what_does_not_fit_is_said() {
    let check = |name: &str, types: &[Type]| (get(find(name).unwrap()).result)(types);
    assert_eq!(check("length", &[]), Err(Mismatch::Count(1)));
    assert_eq!(
        check("length", &[Type::Date]),
        Err(Mismatch::Argument(0, "a text".into()))
    );
    assert_eq!(check("year", &[Type::Unknown]), Ok(Type::Integer));
    assert_eq!(
        check("min", &[Type::Integer, Type::Number]),
        Ok(Type::Number)
    );
    assert_eq!(
        check("max", &[Type::Date, Type::Integer]),
        Err(Mismatch::Argument(1, "a date, like the first".into()))
    );
    assert!(check("max", &[Type::Text, Type::Text]).is_err());
}

#[test]
fn missing_stays_missing() {
    let v = Vector::with_valid(
        Values::Integer(Cow::Owned(vec![i64::MIN, 5])),
        Some(vec![false, true]),
    );
    let abs = call("abs", std::slice::from_ref(&v)).unwrap();
    assert!(!abs.is_valid(0) && abs.is_valid(1));
    let min = call("min", &[v, integers(&[1])]).unwrap();
    assert!(!min.is_valid(0) && min.is_valid(1));
}

//! `sms_segments(t)`

use super::{Function, TEXT, takes};
use crate::schema::Type;
use crate::vector::{Values, Vector};

pub static FUNCTION: Function = Function {
    name: "sms_segments",
    signature: "sms_segments(t)",
    docs: r#"In how many parts a text is sent by SMS, which is what most carriers bill.

A text whose characters are all in the GSM alphabet (GSM 03.38: Latin letters, digits, a few accents, Greek
capitals) has 160 in a single part, and 153 in each of several; `^ { } \ [ ~ ] |`, `€` and the form feed count twice. Any other text, such as a
Chinese one, has 70, and 67 in each of several; characters beyond the basic plane, such as most emoji, count twice. A
character that counts twice is never split. An empty text is one part.

```guanxi
sms_segments("Happy birthday!") = 1
sms_segments("生日快乐") = 1
sms_segments("") = 1
```
"#,
    result: |arguments| takes(arguments, &[TEXT]).map(|()| Type::Integer),
    may_be_missing: false,
    kernel: |a, _| {
        let Values::Text(texts) = &a[0].values else {
            unreachable!("checked: a text")
        };
        Ok(Vector {
            values: Values::Integer(texts.iter().map(|t| segments(t)).collect()),
            valid: a[0].valid.clone(),
        })
    },
};

/// The GSM 7 bit default alphabet, without the escape.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                   ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension: an escape and a character.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// In how many parts a text is sent.
pub fn segments(text: &str) -> i64 {
    match text.chars().map(septets).collect::<Option<Vec<_>>>() {
        Some(lengths) => parts(lengths, 160, 153),
        None => parts(text.chars().map(char::len_utf16).collect(), 70, 67),
    }
}

/// The first character that is not in the GSM alphabet, so that each part holds 70 characters at most.
pub fn outside_gsm(text: &str) -> Option<char> {
    text.chars().find(|c| septets(*c).is_none())
}

/// What a character takes in the GSM alphabet, `None` where it is not in it.
fn septets(c: char) -> Option<usize> {
    if GSM.contains(c) {
        Some(1)
    } else {
        EXTENSION.contains(c).then_some(2)
    }
}

/// How many parts characters of these lengths fill, none of them split.
fn parts(lengths: Vec<usize>, single: usize, each: usize) -> i64 {
    if lengths.iter().sum::<usize>() <= single {
        return 1;
    }
    let (mut parts, mut filled) = (1, 0);
    for length in lengths {
        if filled + length > each {
            parts += 1;
            filled = 0;
        }
        filled += length;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn the_gsm_alphabet() {
        assert_eq!(super::GSM.chars().count(), 127);
        assert_eq!(segments(&"a".repeat(160)), 1);
        assert_eq!(segments(&"a".repeat(161)), 2);
        assert_eq!(segments(&"a".repeat(306)), 2);
        assert_eq!(segments(&"a".repeat(307)), 3);
        assert_eq!(segments(&"€".repeat(80)), 1);
        assert_eq!(segments(&"€".repeat(81)), 2);
        // The escape and its character stay together: 76 in each part.
        assert_eq!(segments(&"€".repeat(152)), 2);
        assert_eq!(segments(&"€".repeat(153)), 3);
    }

    #[test]
    fn all_others() {
        assert_eq!(segments(&"茶".repeat(70)), 1);
        assert_eq!(segments(&"茶".repeat(71)), 2);
        assert_eq!(segments(&"茶".repeat(134)), 2);
        assert_eq!(segments(&"茶".repeat(135)), 3);
        // One character outside the alphabet changes the whole text; `ç` is outside, `Ç` is not.
        assert_eq!(segments(&format!("{}ç", "a".repeat(70))), 2);
        assert_eq!(segments(&format!("{}Ç", "a".repeat(70))), 1);
        assert_eq!(segments(&"🍵".repeat(35)), 1);
        // 33 pairs in a part, a place left over.
        assert_eq!(segments(&"🍵".repeat(66)), 2);
        assert_eq!(segments(&"🍵".repeat(67)), 3);
    }
}

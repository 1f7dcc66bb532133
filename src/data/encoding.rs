//! Texts that are not UTF-8: where, and what they may be instead.

use super::chunk::Broken;

/// The mark that some programs put before UTF-8.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// UTF-16 or UTF-32, by its mark or by every other byte being zero.
pub(super) fn wide(start: &[u8]) -> Option<&'static str> {
    let begins = &start[..start.len().min(64)];
    let zeros = begins.iter().filter(|b| **b == 0).count();
    let marked = begins.starts_with(&[0xff, 0xfe]) || begins.starts_with(&[0xfe, 0xff]);
    (marked || (zeros > 1 && zeros * 3 > begins.len())).then_some("UTF-16")
}

/// Answers for a block that is not UTF-8.
pub(super) fn check(bytes: &[u8], first_line: u64) -> Option<Broken> {
    let error = std::str::from_utf8(bytes).err()?;
    let at = error.valid_up_to();
    let line = first_line + memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64;
    Some(Broken::Encoding {
        line,
        guess: guess(&bytes[at..]),
    })
}

/// Chinese text in GBK is pairs of high bytes; in Latin-1 such bytes stand alone among ASCII.
fn guess(bytes: &[u8]) -> &'static str {
    let sample = &bytes[..bytes.len().min(4096)];
    let (mut pairs, mut single, mut at) = (0, 0, 0);
    while at < sample.len() {
        match sample[at..] {
            [0xa1..=0xf7, 0xa1..=0xfe, ..] => {
                pairs += 1;
                at += 2;
            }
            [0x80..=0xff, ..] => {
                single += 1;
                at += 1;
            }
            _ => at += 1,
        }
    }
    if pairs > single {
        "GBK"
    } else {
        "Latin-1 (Windows-1252)"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses() {
        // 李伟,杭州
        let gbk = b"id,name\nc1,\xc0\xee\xce\xb0\nc2,\xba\xbc\xd6\xdd\n";
        assert_eq!(
            check(gbk, 1),
            Some(Broken::Encoding {
                line: 2,
                guess: "GBK"
            })
        );
        let latin = b"id,name\nc1,Andr\xe9\nc2,Fran\xe7ois\n";
        assert_eq!(
            check(latin, 1),
            Some(Broken::Encoding {
                line: 2,
                guess: "Latin-1 (Windows-1252)"
            })
        );
        assert_eq!(wide(b"\xff\xfei\0d\0"), Some("UTF-16"));
        assert_eq!(check("李伟".as_bytes(), 1), None);
    }
}

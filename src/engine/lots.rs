//! Who is held out, and who gets which variant: by a hash, so that it is stable between runs, engines and
//! machines, and one lot says nothing about another.

use super::firing::digest;

/// How many lots there are.
pub(super) const LOTS: u32 = 10_000;

/// The first 15 hexadecimal digits of the SHA-256 of the parts, joined by U+001F, modulo 10,000
/// (language.md, section 7).
pub(super) fn lot(parts: &[&str]) -> u32 {
    let digest = digest(parts.iter().copied());
    let first: [u8; 8] = std::array::from_fn(|i| digest[i]);
    // 15 digits are 60 bits.
    let number = u64::from_be_bytes(first) >> 4;
    (number % u64::from(LOTS)) as u32
}

#[cfg(test)]
mod tests {
    use super::lot;

    #[test]
    fn the_lot_is_the_stated_hash() {
        // printf 'Tea\x1fbirthdays\x1fc1' | sha256sum | cut -c1-15, modulo 10,000.
        assert_eq!(lot(&["Tea", "birthdays", "c1"]), 6_427);
    }
}

//! Decoders of other crates, some of which panic over damaged bytes.

use std::cell::Cell;

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is decoding a file: a panic is then a fault of the file, and is told as one.
pub fn is_decoding() -> bool {
    DECODING.get()
}

#[cfg(feature = "arrow")]
pub(super) use guard::decode;

#[cfg(feature = "arrow")]
mod guard {
    use super::DECODING;
    use std::any::Any;
    use std::fmt::Display;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// What a decoder makes of a file. The decoder is of no use after an error.
    ///
    /// # Errors
    /// The decoder's own and its panics, in its words.
    pub fn decode<T, E: Display>(read: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
        let before = DECODING.replace(true);
        // What a panic leaves half done is within the decoder.
        let read = catch_unwind(AssertUnwindSafe(read));
        DECODING.set(before);
        match read {
            Ok(read) => read.map_err(|error| error.to_string()),
            Err(panic) => Err(words(&*panic)),
        }
    }

    fn words(panic: &(dyn Any + Send)) -> String {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        // The first line says what, those below with which values.
        let what = text.and_then(|text| text.lines().next());
        what.unwrap_or("its bytes make no sense").to_string()
    }
}

//! What build servers and code scanners read: `lint` and `test` with their output formats, through the binary.

#[cfg(unix)]
#[path = "outputs/builds.rs"]
mod builds;
#[path = "outputs/formats.rs"]
mod formats;
#[path = "outputs/results.rs"]
mod results;
#[path = "outputs/support.rs"]
mod support;

//! The `guanxi` program; everything is in the library's `cli`.

fn main() -> std::process::ExitCode {
    guanxi::cli::main()
}

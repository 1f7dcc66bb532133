//! `guanxi completions SHELL`.

use super::Invocation;
use super::console::{Exit, Outcome};

/// Print the completions of a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  guanxi completions bash > ~/.local/share/bash-completion/completions/guanxi
  guanxi completions zsh > ~/.zfunc/_guanxi
  guanxi completions fish > ~/.config/fish/completions/guanxi.fish")]
pub struct Args {
    #[arg(value_name = "SHELL")]
    shell: clap_complete::Shell,
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    // Into memory first: the generator would panic on a closed pipe.
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "guanxi", &mut text);
    invocation.console.result(text)?;
    Ok(Exit::Clean)
}

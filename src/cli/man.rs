//! `guanxi man`: the manual page, all commands in one.

use super::Invocation;
use super::console::{Exit, Failure, Outcome};

/// Print the manual page in roff
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  guanxi man | man -l -                                     read it
  guanxi man > ~/.local/share/man/man1/guanxi.1             install it")]
pub struct Args {}

pub fn run(_: Args, invocation: &Invocation) -> Outcome {
    let mut text = Vec::new();
    render(&mut text).map_err(|e| Failure::io("written", "standard output", &e))?;
    invocation.console.result(text)?;
    Ok(Exit::Clean)
}

/// The program's page, then each command's name, synopsis, options and examples.
fn render(out: &mut Vec<u8>) -> std::io::Result<()> {
    let mut command = super::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(out)?;
    for sub in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        let name = format!("guanxi {}", sub.get_name());
        out.extend_from_slice(format!(".SH {}\n", name.to_uppercase()).as_bytes());
        let man = clap_mangen::Man::new(sub.clone().name(name));
        man.render_description_section(out)?;
        man.render_synopsis_section(out)?;
        man.render_options_section(out)?;
        man.render_extra_section(out)?;
    }
    Ok(())
}

//! The registry of diagnostic codes: one line each; the manual page is `pages/<name>.md`.
//!
//! A page has a title line `# name`, what it says, why it matters, and the headings `## Bad` and
//! `## Good`, each with one ```` ```guanxi ```` sample. The samples run as tests: the bad one reports
//! exactly this code, the good one is free of errors and warnings.

use super::Severity;

/// A stable name for one kind of finding.
#[derive(Debug)]
pub struct Code {
    /// Kebab-case, names the fault.
    pub name: &'static str,
    pub severity: Severity,
    /// Markdown, shown by `guanxi explain`.
    pub page: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Code {}

macro_rules! codes {
    ($($ident:ident = $name:literal, $severity:ident;)*) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub static $ident: Code = Code {
                name: $name,
                severity: Severity::$severity,
                page: include_str!(concat!("pages/", $name, ".md")),
            };
        )*
        /// Every code, in the order of this file.
        pub static ALL: &[&Code] = &[$(&$ident),*];
    };
}

/// The code with that name.
pub fn find(name: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|c| c.name == name)
}

codes! {
    SYNTAX = "syntax", Error;
    FOREIGN_NOTATION = "foreign-notation", Error;
    INVALID_LITERAL = "invalid-literal", Error;
    MIXED_AND_OR = "mixed-and-or", Error;
    FLAG_COMPARISON = "flag-comparison", Error;
    BARE_PERIOD = "bare-period", Error;
}

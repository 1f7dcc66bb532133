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
    UNKNOWN_NAME = "unknown-name", Error;
    DUPLICATE_NAME = "duplicate-name", Error;
    SEVERAL_WORKSPACES = "several-workspaces", Error;
    UNKNOWN_ZONE = "unknown-zone", Error;
    CURRENCY_UNSTATED = "currency-unstated", Error;
    CLOCK_UNSTATED = "clock-unstated", Error;
    LEAP_DAY_UNSTATED = "leap-day-unstated", Error;
    INVALID_RECORD = "invalid-record", Error;
    MISSING_KEY = "missing-key", Error;
    TYPE_MISMATCH = "type-mismatch", Error;
    MIXED_CURRENCIES = "mixed-currencies", Error;
    LITERAL_NEEDED = "literal-needed", Error;
    INVALID_ENUM_VALUE = "invalid-enum-value", Error;
    UNORDERED_VALUES = "unordered-values", Error;
    IS_WITHOUT_NAME = "is-without-name", Error;
    DATE_BESIDE_DATETIME = "date-beside-datetime", Error;
    DATE_DIFFERENCE = "date-difference", Error;
    INCOMPARABLE_DURATIONS = "incomparable-durations", Error;
    DIVISION_BY_CONSTANT_ZERO = "division-by-constant-zero", Error;
    BARE_LIST = "bare-list", Error;
    NO_LIST = "no-list", Error;
    UNDATED_RECORD = "undated-record", Error;
    INVALID_WINDOW = "invalid-window", Error;
    OUTSIDE_CALENDAR = "outside-calendar", Error;
    STEP_WITHOUT_REMINDER = "step-without-reminder", Error;
    AS_OF_DATA = "as-of-data", Error;
    MISPLACED_POPULATION = "misplaced-population", Error;
    WRONG_ARGUMENTS = "wrong-arguments", Error;
    WRONG_RECORD = "wrong-record", Error;
    UNGUARDED_OPTIONAL = "unguarded-optional", Error;
    CYCLIC_DEFINITION = "cyclic-definition", Error;
    UNORDERED_TIERS = "unordered-tiers", Error;
    TABLE_SHAPE = "table-shape", Error;
    INVALID_PASSAGE = "invalid-passage", Error;
    INVALID_LIMIT = "invalid-limit", Error;
    INVALID_CHOICE = "invalid-choice", Error;
    DANGLING_INSTEAD_OF = "dangling-instead-of", Error;
    INCOMPLETE_ROW = "incomplete-row", Error;
    NOT_YET_EVALUATED = "not-yet-evaluated", Error;
    UNUSED_DEFINITION = "unused-definition", Warning;
    UNFORMATTED = "unformatted", Warning;
}

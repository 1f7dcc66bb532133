//! The registry of diagnostic codes: one line each; the manual page is `pages/<name>.md`.
//!
//! A page has a title line `# name`, what it says, why it matters, and the headings `## Bad` and
//! `## Good`, each with one ```` ```guanxi ```` sample. The samples run as tests: the bad one reports
//! exactly this code, the good one is free of errors and warnings. Where the code has a fix, a third sample
//! below `## Fixed` is what all fixes make of the bad one.

use super::Severity;

/// A stable name for one kind of finding.
#[derive(Debug)]
pub struct Code {
    /// Kebab-case, names the fault.
    pub name: &'static str,
    pub severity: Severity,
    pub group: Group,
    pub reporter: Reporter,
    /// Markdown, shown by `guanxi explain`.
    pub page: &'static str,
}

/// Names under which `guanxi.toml` sets the levels of many lints at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    Correctness,
    Suspicious,
    Conflict,
    Tables,
    Privacy,
    Money,
    Dates,
    Style,
}

impl Group {
    /// In the order of the manual.
    pub const ALL: [Group; 8] = [
        Group::Correctness,
        Group::Suspicious,
        Group::Conflict,
        Group::Tables,
        Group::Privacy,
        Group::Money,
        Group::Dates,
        Group::Style,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Group::Correctness => "correctness",
            Group::Suspicious => "suspicious",
            Group::Conflict => "conflict",
            Group::Tables => "tables",
            Group::Privacy => "privacy",
            Group::Money => "money",
            Group::Dates => "dates",
            Group::Style => "style",
        }
    }
}

/// Who reports a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporter {
    /// The front end: a program with this fault has no meaning, so the finding is an error and stays one.
    Checker,
    /// A lint: the program has a meaning, and the finding a level that can be set.
    Lint,
}

impl Code {
    /// The first sentence of the page, on one line: what the finding says.
    pub fn summary(&self) -> String {
        let mut paragraphs = self.page.split("\n\n");
        let first = paragraphs.nth(1).unwrap_or_default();
        let words: Vec<&str> = first.split_whitespace().collect();
        let text = words.join(" ");
        // A sentence ends before a capital letter: `e.g. this` does not.
        let end = text.match_indices(". ").find(|(i, _)| {
            let next = text[i + 2..].chars().next();
            next.is_some_and(|c| c.is_uppercase() || c == '`')
        });
        match end {
            Some((i, _)) => text[..=i].to_owned(),
            None => text,
        }
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Code {}

macro_rules! codes {
    ($($ident:ident = $name:literal, $severity:ident, $group:ident, $reporter:ident;)*) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub static $ident: Code = Code {
                name: $name,
                severity: Severity::$severity,
                group: Group::$group,
                reporter: Reporter::$reporter,
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
    SYNTAX = "syntax", Error, Correctness, Checker;
    FOREIGN_NOTATION = "foreign-notation", Error, Correctness, Checker;
    INVALID_LITERAL = "invalid-literal", Error, Correctness, Checker;
    MIXED_AND_OR = "mixed-and-or", Error, Correctness, Checker;
    FLAG_COMPARISON = "flag-comparison", Error, Correctness, Checker;
    BARE_PERIOD = "bare-period", Error, Dates, Checker;
    UNKNOWN_NAME = "unknown-name", Error, Correctness, Checker;
    DUPLICATE_NAME = "duplicate-name", Error, Correctness, Checker;
    SEVERAL_WORKSPACES = "several-workspaces", Error, Correctness, Checker;
    UNKNOWN_ZONE = "unknown-zone", Error, Dates, Checker;
    CURRENCY_UNSTATED = "currency-unstated", Error, Money, Checker;
    CLOCK_UNSTATED = "clock-unstated", Error, Dates, Checker;
    LEAP_DAY_UNSTATED = "leap-day-unstated", Error, Dates, Checker;
    INVALID_RECORD = "invalid-record", Error, Correctness, Checker;
    MISSING_KEY = "missing-key", Error, Correctness, Checker;
    TYPE_MISMATCH = "type-mismatch", Error, Correctness, Checker;
    MIXED_CURRENCIES = "mixed-currencies", Error, Money, Checker;
    LITERAL_NEEDED = "literal-needed", Error, Correctness, Checker;
    INVALID_ENUM_VALUE = "invalid-enum-value", Error, Correctness, Checker;
    UNORDERED_VALUES = "unordered-values", Error, Correctness, Checker;
    IS_WITHOUT_NAME = "is-without-name", Error, Correctness, Checker;
    DATE_BESIDE_DATETIME = "date-beside-datetime", Error, Dates, Checker;
    DATE_DIFFERENCE = "date-difference", Error, Dates, Checker;
    INCOMPARABLE_DURATIONS = "incomparable-durations", Error, Correctness, Checker;
    DIVISION_BY_CONSTANT_ZERO = "division-by-constant-zero", Error, Correctness, Checker;
    BARE_LIST = "bare-list", Error, Correctness, Checker;
    NO_LIST = "no-list", Error, Correctness, Checker;
    UNDATED_RECORD = "undated-record", Error, Correctness, Checker;
    INVALID_WINDOW = "invalid-window", Error, Dates, Checker;
    OUTSIDE_CALENDAR = "outside-calendar", Error, Dates, Checker;
    STEP_WITHOUT_REMINDER = "step-without-reminder", Error, Correctness, Checker;
    AS_OF_DATA = "as-of-data", Error, Correctness, Checker;
    MISPLACED_POPULATION = "misplaced-population", Error, Correctness, Checker;
    WRONG_ARGUMENTS = "wrong-arguments", Error, Correctness, Checker;
    WRONG_RECORD = "wrong-record", Error, Correctness, Checker;
    UNGUARDED_OPTIONAL = "unguarded-optional", Error, Correctness, Checker;
    CYCLIC_DEFINITION = "cyclic-definition", Error, Correctness, Checker;
    UNORDERED_TIERS = "unordered-tiers", Error, Tables, Checker;
    TABLE_SHAPE = "table-shape", Error, Tables, Checker;
    INVALID_PASSAGE = "invalid-passage", Error, Correctness, Checker;
    INVALID_LIMIT = "invalid-limit", Error, Correctness, Checker;
    INVALID_CHOICE = "invalid-choice", Error, Correctness, Checker;
    DANGLING_INSTEAD_OF = "dangling-instead-of", Error, Conflict, Checker;
    INCOMPLETE_ROW = "incomplete-row", Error, Correctness, Checker;
    NOT_YET_EVALUATED = "not-yet-evaluated", Error, Correctness, Checker;
    UNSATISFIABLE_CONDITION = "unsatisfiable-condition", Error, Correctness, Lint;
    ALWAYS_TRUE_CONDITION = "always-true-condition", Warning, Correctness, Lint;
    NEVER_FIRES = "never-fires", Warning, Correctness, Lint;
    SHADOWED_RULE = "shadowed-rule", Warning, Suspicious, Lint;
    SUBSUMED_RULE = "subsumed-rule", Warning, Suspicious, Lint;
    DUPLICATE_RULE = "duplicate-rule", Warning, Suspicious, Lint;
    CONFLICTING_ACTIONS = "conflicting-actions", Warning, Conflict, Lint;
    UNDECLARED_STACKING = "undeclared-stacking", Warning, Conflict, Lint;
    MESSAGE_COLLISION = "message-collision", Warning, Conflict, Lint;
    TABLE_GAP = "table-gap", Error, Tables, Lint;
    TABLE_OVERLAP = "table-overlap", Error, Tables, Lint;
    UNREACHABLE_ROW = "unreachable-row", Error, Tables, Lint;
    COLUMN_WITHOUT_EFFECT = "column-without-effect", Warning, Tables, Lint;
    UNUSED_DEFINITION = "unused-definition", Warning, Suspicious, Lint;
    MESSAGE_WITHOUT_ITS_GIFT = "message-without-its-gift", Warning, Conflict, Lint;
    CAP_CONTRADICTION = "cap-contradiction", Warning, Conflict, Lint;
    CAP_COUNTS_STAFF = "cap-counts-staff", Warning, Conflict, Lint;
    BOUNDARY_MISMATCH = "boundary-mismatch", Warning, Tables, Lint;
    NON_MONOTONIC_TIERS = "non-monotonic-tiers", Warning, Tables, Lint;
    MISSING_CONSENT = "missing-consent", Warning, Privacy, Lint;
    PERSONAL_DATA_IN_OUTPUT = "personal-data-in-output", Warning, Privacy, Lint;
    SENSITIVE_ATTRIBUTE = "sensitive-attribute", Warning, Privacy, Lint;
    REAL_DATA_IN_TEST = "real-data-in-test", Warning, Privacy, Lint;
    UNBOUNDED_REWARD = "unbounded-reward", Warning, Money, Lint;
    IMPLICIT_ROUNDING = "implicit-rounding", Hint, Money, Lint;
    POINTS_WITHOUT_EXPIRY = "points-without-expiry", Warning, Money, Lint;
    ACTION_WITHOUT_COST = "action-without-cost", Hint, Money, Lint;
    STALE_SUPPRESSION = "stale-suppression", Warning, Suspicious, Lint;
    INVALID_SUPPRESSION = "invalid-suppression", Warning, Suspicious, Lint;
    UNFORMATTED = "unformatted", Warning, Style, Lint;
    UNTESTED_RULE = "untested-rule", Warning, Style, Lint;
    NEGATED_GROUP = "negated-group", Warning, Suspicious, Lint;
    CONFUSABLE_TEXT = "confusable-text", Warning, Suspicious, Lint;
    EXACT_DAY = "exact-day", Warning, Suspicious, Lint;
    EXACT_DIVISION = "exact-division", Warning, Suspicious, Lint;
    FIRST_RUN_FLOOD = "first-run-flood", Warning, Suspicious, Lint;
    SILENTLY_MISSING = "silently-missing", Hint, Suspicious, Lint;
    SELF_COMPARISON = "self-comparison", Warning, Suspicious, Lint;
    CALENDAR_YEAR_BIRTHDAY = "calendar-year-birthday", Warning, Dates, Lint;
    WINDOW_WITHOUT_YEAR = "window-without-year", Warning, Dates, Lint;
    ZONE_UNSTATED = "zone-unstated", Warning, Dates, Lint;
    BEYOND_CALENDAR = "beyond-calendar", Warning, Dates, Lint;
    MISSING_PLAN = "missing-plan", Warning, Style, Lint;
    MAGIC_NUMBER = "magic-number", Hint, Style, Lint;
    NAMING = "naming", Hint, Style, Lint;
    LONG_SMS = "long-sms", Warning, Style, Lint;
}

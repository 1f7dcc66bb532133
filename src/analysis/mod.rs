//! From syntax trees to the typed program: every name gets its meaning, every expression its type.
//! Floor 6.
//!
//! A mistake yields one message. What could not be resolved has [`Type::Unknown`], which agrees with
//! everything, and a name that belongs to a declaration that failed is remembered as lost and never
//! reported as unknown.

mod actions;
mod aggregate;
mod arithmetic;
mod attributes;
mod calls;
mod campaigns;
mod choices;
mod compare;
mod complete;
mod dates;
mod declared;
mod done;
mod expected;
mod expressions;
mod function_calls;
mod givens;
mod graphs;
mod histories;
mod inference;
mod instead_of;
mod known;
mod limits;
mod literals;
mod messages;
mod mismatches;
mod names;
mod occasions;
mod paths;
mod pending;
mod population;
mod records;
mod repeated;
mod shared_limits;
mod stages;
mod table;
mod tests;
mod tiers;
mod torn;
mod windows;
mod workspace;

use crate::calendar::Occasion;
use crate::diagnostic::{self, Diagnostic};
use crate::hir;
use crate::schema::{AttributeId, CampaignId, Currency, EnumId, FieldId, RecordId, Type};
use crate::source::{SourceMap, Span, Spanned};
use crate::syntax::ast;
use names::Table;
use rustc_hash::{FxHashMap, FxHashSet};

/// Checks all files of a workspace, those of its `use`d folders among them. The program is there exactly
/// if there is no error; `fallback_name` names a workspace without a title. Files that did not parse
/// completely have their own diagnostics already, and yield no program.
pub fn check(
    sources: &SourceMap,
    files: &[ast::File],
    fallback_name: &str,
) -> (Option<hir::Program>, Vec<Diagnostic>) {
    let mut checker = Checker::new(sources, files, fallback_name);
    checker.workspace_settings();
    checker.declare();
    checker.check_records();
    checker.check_parameters();
    checker.check_definitions();
    checker.check_accounts();
    checker.check_messages();
    checker.check_actions();
    checker.check_campaigns();
    checker.check_shared_limits();
    checker.check_tests();
    checker.settle_histories();
    checker.settle()
}

/// The folders that a file takes in, as written in `use "../brand"`.
pub fn workspace_uses(file: &ast::File) -> Vec<&Spanned<String>> {
    file.declarations
        .iter()
        .filter_map(|d| match &d.kind {
            ast::DeclarationKind::Workspace(w) => Some(&w.settings),
            _ => None,
        })
        .flatten()
        .filter_map(|s| match &s.node {
            ast::Setting::Use(path) => Some(path),
            _ => None,
        })
        .collect()
}

/// Whether a file has a `workspace` block, which makes its folder a workspace of its own.
pub fn has_workspace(file: &ast::File) -> bool {
    file.declarations
        .iter()
        .any(|d| matches!(d.kind, ast::DeclarationKind::Workspace(_)))
}

/// What a name of a record stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Field(FieldId),
    Attribute(AttributeId),
}

/// How far the inference of an attribute has come.
enum State {
    Todo,
    Doing,
    Done(Box<hir::Attribute>),
}

struct Slot<'a> {
    declaration: &'a ast::Declaration,
    name: &'a ast::Name,
    record: RecordId,
    /// Of tiers and stages.
    set: Option<EnumId>,
    state: State,
}

/// What names mean at a place.
#[derive(Clone, Copy, Default)]
struct Scope<'s> {
    /// The record of the current row.
    row: Option<RecordId>,
    /// Inside an aggregate's `where`: the record of the row that `self` is.
    root: Option<RecordId>,
    parameters: &'s [hir::Parameter],
    /// The rule's reminder, for `step`.
    step: Option<&'s hir::Expr>,
    /// What `step` lacks here, when it has no meaning.
    rule: bool,
    /// Under `among`, where the row is one of those compared and no other is near.
    among: bool,
    /// In a figure, which has no row.
    figure: bool,
    /// In a `measure`, where `treatment` is a day.
    treatment: bool,
}

impl<'s> Scope<'s> {
    fn of(record: RecordId) -> Scope<'s> {
        Scope {
            row: Some(record),
            ..Scope::default()
        }
    }

    /// Inside an aggregate over rows of `record`.
    fn inside(self, record: RecordId) -> Scope<'s> {
        Scope {
            row: Some(record),
            root: self.root.or(self.row),
            ..self
        }
    }
}

/// What a record needs a key for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum KeyUse {
    /// One field.
    Reference,
    /// One or several.
    Acting,
    /// One or several.
    Ordering,
}

struct Checker<'a> {
    sources: &'a SourceMap,
    files: &'a [ast::File],
    diagnostics: Vec<Diagnostic>,
    /// Names that belong to something already reported.
    lost: FxHashSet<String>,
    workspace: hir::Workspace,
    zone: jiff::tz::TimeZone,
    has_workspace_block: bool,
    /// Of the campaign that is checked at the moment.
    purpose_around: hir::Purpose,
    /// Uses of `money` without a currency, and of anniversaries; reported once.
    money_uses: Vec<Span>,
    anniversaries: Vec<Span>,
    records: Vec<hir::Record>,
    record_declarations: Vec<(&'a ast::Declaration, &'a ast::Record)>,
    members: Vec<FxHashMap<String, Member>>,
    enums: Vec<hir::EnumType>,
    slots: Vec<Slot<'a>>,
    /// What is being inferred, outermost first.
    inferring: Vec<inference::Inferred>,
    record_names: Table,
    message_names: Table,
    channel_names: Table,
    action_names: Table,
    campaign_names: Table,
    occasion_names: Table,
    figure_names: Table,
    /// By the place in their table; `None` where the declaration is wrong.
    occasions: Vec<Option<Occasion>>,
    figure_declarations: Vec<(&'a ast::Declaration, &'a ast::Figure)>,
    message_declarations: Vec<(&'a ast::Declaration, &'a ast::Message)>,
    channel_declarations: Vec<(&'a ast::Declaration, &'a ast::Channel)>,
    action_declarations: Vec<(&'a ast::Declaration, &'a ast::Action)>,
    campaign_declarations: Vec<(&'a ast::Declaration, &'a ast::Campaign)>,
    /// Records that something can only use if they have a key: where, and as what.
    key_uses: Vec<(RecordId, Span, KeyUse)>,
    /// The classes of `abc of`, by how many there are.
    abc_sets: FxHashMap<usize, EnumId>,
    figures: Vec<Option<hir::Figure>>,
    /// Of the figures that are being checked, outermost first: what they have a value for, and where that is said.
    figure_groups: Vec<Option<(hir::Groups, Span)>>,
    messages: Vec<Option<hir::Message>>,
    channels: Vec<Option<hir::Channel>>,
    /// Of each action declaration.
    action_parameters: Vec<Vec<hir::Parameter>>,
    actions: Vec<Option<hir::Action>>,
    campaigns: Vec<hir::Campaign>,
    budgets: Vec<hir::Budget>,
    shared_caps: Vec<hir::SharedCap>,
    exclusives: Vec<hir::Exclusive>,
    pauses: Vec<hir::Pause>,
    hold_out: u32,
    /// The records behind `done CAMPAIGN.RULE`, by rule and the record of the row it is said of.
    done_records: FxHashMap<(CampaignId, usize, RecordId), RecordId>,
    /// Tiers and stages of which something asks how they moved.
    moving: FxHashSet<AttributeId>,
    tests: Vec<hir::Test>,
}

impl<'a> Checker<'a> {
    fn new(sources: &'a SourceMap, files: &'a [ast::File], fallback_name: &str) -> Self {
        let lost = files
            .iter()
            .flat_map(|f| &f.broken)
            .flat_map(|b| b.names.iter().cloned())
            .collect();
        Checker {
            sources,
            files,
            diagnostics: Vec::new(),
            lost,
            workspace: hir::Workspace {
                name: fallback_name.to_string(),
                currency: None,
                zone: "UTC".to_string(),
                leap_day: None,
                weeks_start: hir::Weekday::Monday,
                language: None,
            },
            zone: jiff::tz::TimeZone::UTC,
            has_workspace_block: false,
            purpose_around: hir::Purpose::Promotion,
            money_uses: Vec::new(),
            anniversaries: Vec::new(),
            records: Vec::new(),
            record_declarations: Vec::new(),
            members: Vec::new(),
            enums: Vec::new(),
            slots: Vec::new(),
            inferring: Vec::new(),
            record_names: Table::default(),
            message_names: Table::default(),
            channel_names: Table::default(),
            action_names: Table::default(),
            campaign_names: Table::default(),
            occasion_names: Table::default(),
            figure_names: Table::default(),
            occasions: Vec::new(),
            figure_declarations: Vec::new(),
            message_declarations: Vec::new(),
            channel_declarations: Vec::new(),
            action_declarations: Vec::new(),
            campaign_declarations: Vec::new(),
            key_uses: Vec::new(),
            abc_sets: FxHashMap::default(),
            figures: Vec::new(),
            figure_groups: Vec::new(),
            messages: Vec::new(),
            channels: Vec::new(),
            action_parameters: Vec::new(),
            actions: Vec::new(),
            campaigns: Vec::new(),
            budgets: Vec::new(),
            shared_caps: Vec::new(),
            exclusives: Vec::new(),
            pauses: Vec::new(),
            hold_out: 0,
            done_records: FxHashMap::default(),
            moving: FxHashSet::default(),
            tests: Vec::new(),
        }
    }

    fn declarations(&self) -> impl Iterator<Item = &'a ast::Declaration> + use<'a> {
        self.files.iter().flat_map(|f| &f.declarations)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The type `money`: the workspace's currency, which must be stated.
    fn own_money(&mut self, span: Span) -> Type {
        match self.workspace.currency {
            Some(c) => Type::Money(c),
            None => {
                self.money_uses.push(span);
                Type::Unknown
            }
        }
    }

    fn currency(&self) -> Option<Currency> {
        self.workspace.currency
    }

    fn settle(mut self) -> (Option<hir::Program>, Vec<Diagnostic>) {
        self.report_unstated();
        self.report_missing_keys();
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        diagnostics.retain(|d| !self.is_consequence(d));
        diagnostic::sort(&mut diagnostics);
        repeated::gather(&mut diagnostics);
        let broken = self.files.iter().any(|f| !f.broken.is_empty());
        if broken || diagnostics.iter().any(Diagnostic::is_error) {
            return (None, diagnostics);
        }
        let program = self.into_program();
        debug_assert!(program.is_some(), "a program without errors is complete");
        (program, diagnostics)
    }

    fn into_program(self) -> Option<hir::Program> {
        let attributes = self
            .slots
            .into_iter()
            .map(|s| match s.state {
                State::Done(a) => Some(*a),
                _ => None,
            })
            .collect::<Option<Vec<_>>>()?;
        Some(hir::Program {
            workspace: self.workspace,
            records: self.records,
            attributes,
            enums: self.enums,
            figures: self.figures.into_iter().collect::<Option<_>>()?,
            messages: self.messages.into_iter().collect::<Option<_>>()?,
            channels: self.channels.into_iter().collect::<Option<_>>()?,
            actions: self.actions.into_iter().collect::<Option<_>>()?,
            campaigns: self.campaigns,
            budgets: self.budgets,
            shared_caps: self.shared_caps,
            exclusives: self.exclusives,
            pauses: self.pauses,
            hold_out: self.hold_out,
            tests: self.tests,
        })
    }
}

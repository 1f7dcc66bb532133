//! The `workspace` block.

use super::Checker;
use super::names::suggest;
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::locale::Language;
use crate::source::Spanned;
use crate::syntax::ast::{DeclarationKind, Name, Setting, Workspace};

impl<'a> Checker<'a> {
    pub(super) fn workspace_settings(&mut self) {
        let mut first = None;
        for d in self.declarations() {
            let DeclarationKind::Workspace(w) = &d.kind else {
                continue;
            };
            match first {
                None => {
                    first = Some(w.title.span);
                    self.has_workspace_block = true;
                    self.workspace.name = w.title.node.clone();
                    self.settings(w);
                }
                Some(first) => self.report(
                    Diagnostic::new(
                        &codes::SEVERAL_WORKSPACES,
                        w.title.span,
                        "a workspace has one `workspace` block",
                    )
                    .label("the second")
                    .also(first, "the first")
                    .help("keep one of them, or move the other's files to a folder of their own"),
                ),
            }
        }
    }

    fn settings(&mut self, workspace: &'a Workspace) {
        let mut seen: Vec<(&str, crate::source::Span)> = Vec::new();
        for setting in &workspace.settings {
            let word = match &setting.node {
                Setting::Currency(_) => "currency",
                Setting::TimeZone(_) => "time zone",
                Setting::LeapDay(_) => "leap day",
                Setting::WeeksStart(_) => "weeks start",
                Setting::Language(_) => "language",
                Setting::Use(_) => "",
            };
            if let Some((_, first)) = seen.iter().find(|(w, _)| *w == word && !word.is_empty()) {
                let d = Diagnostic::new(
                    &codes::DUPLICATE_NAME,
                    setting.span,
                    format!("`{word}` is stated twice"),
                )
                .label("the second")
                .also(*first, "the first")
                .help("keep one of them");
                self.report(d);
                continue;
            }
            seen.push((word, setting.span));
            match &setting.node {
                Setting::Currency(c) => self.workspace.currency = Some(c.node),
                Setting::TimeZone(z) => self.time_zone(z),
                Setting::LeapDay(l) => self.workspace.leap_day = Some(*l),
                Setting::WeeksStart(w) => self.workspace.weeks_start = *w,
                Setting::Language(tag) => self.language(tag),
                Setting::Use(_) => {}
            }
        }
    }

    fn language(&mut self, tag: &Name) {
        self.workspace.language = Language::of_tag(tag);
        if self.workspace.language.is_none() {
            let d = Diagnostic::new(
                &codes::INVALID_LITERAL,
                tag.span,
                format!("no language is called `{tag}`"),
            );
            self.report(d.help("write its short name, as in `language zh`, `en`, `de` or `en_GB`"));
        }
    }

    fn time_zone(&mut self, name: &Spanned<String>) {
        let database = jiff::tz::db();
        // Exactly as in the list: the database itself ignores case.
        let names: Vec<String> = database.available().map(|n| n.to_string()).collect();
        if names.contains(&name.node)
            && let Ok(zone) = database.get(name)
        {
            self.zone = zone;
            self.workspace.zone = name.node.clone();
            return;
        }
        let d = Diagnostic::new(
            &codes::UNKNOWN_ZONE,
            name.span,
            format!("there is no time zone `{}`", name.node),
        );
        let near = chinese_zone(name).or_else(|| {
            let near = nearest(name, names.iter().map(String::as_str));
            // `Asia/Hangzhou` is not `Asia/Bangkok`.
            near.filter(|n| strsim::osa_distance(n, name) <= 2)
        });
        let mut d = suggest(d, name.span, near);
        if let (Some(fix), Some(near)) = (&mut d.fix, near) {
            fix.edits[0].text = format!("\"{near}\"");
        }
        self.report(d.help_opt(Some(
            "time zones are named by continent and city, as in `Asia/Shanghai`".into(),
        )));
    }

    /// What the workspace must state because something uses it; each said once, at the first use.
    pub(super) fn report_unstated(&mut self) {
        let place = if self.has_workspace_block {
            "to the `workspace` block"
        } else {
            "to a `workspace \"Name\" { … }` block"
        };
        if let Some(first) = self.money_uses.iter().min().copied() {
            self.report(
                Diagnostic::new(
                    &codes::CURRENCY_UNSTATED,
                    first,
                    "`money` is used, and the workspace states no currency",
                )
                .help(format!(
                    "add `currency CNY` (or another code of ISO 4217) {place}"
                )),
            );
        }
        if let Some(first) = self.anniversaries.iter().min().copied()
            && self.workspace.leap_day.is_none()
        {
            self.report(
                Diagnostic::new(
                    &codes::LEAP_DAY_UNSTATED,
                    first,
                    "the workspace does not say when a 29 February is remembered in other years",
                )
                .help(format!(
                    "add `leap day on 28 February`, `leap day on 1 March` or `leap day in leap years only` {place}"
                )),
            );
        }
    }
}

/// All of China has one zone.
fn chinese_zone(name: &str) -> Option<&'static str> {
    const CITIES: &[&str] = &[
        "beijing",
        "peking",
        "china",
        "prc",
        "hangzhou",
        "shenzhen",
        "guangzhou",
        "canton",
        "chengdu",
        "wuhan",
        "nanjing",
        "suzhou",
        "xian",
        "tianjin",
        "chongqing",
        "shanghai",
        "cst",
        "北京",
        "上海",
        "中国",
    ];
    let city = name
        .rsplit('/')
        .next()
        .unwrap_or(name)
        .trim()
        .to_lowercase();
    CITIES.contains(&city.as_str()).then_some("Asia/Shanghai")
}

//! Rules that stand in for others of their campaign.

use super::Checker;
use super::campaigns::rules;
use super::names::suggest;
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::hir;
use crate::syntax::ast::{self, Name};

impl<'a> Checker<'a> {
    pub(super) fn instead_of(&mut self, r: &'a ast::Rule, c: &'a ast::Campaign) -> Vec<usize> {
        let mut places = Vec::new();
        for name in &r.instead_of {
            if let Some(i) = rules(c).position(|other| other.name.node == name.node) {
                places.push(i);
                continue;
            }
            if self.is_lost(name) {
                continue;
            }
            let d = Diagnostic::new(
                &codes::DANGLING_INSTEAD_OF,
                name.span,
                format!("`{}` has no rule `{name}` to stand in for", c.name),
            );
            let others = rules(c)
                .map(|o| o.name.as_str())
                .filter(|n| *n != r.name.node);
            let near = nearest(name, others);
            let elsewhere = self
                .campaign_declarations
                .iter()
                .find(|(_, other)| rules(other).any(|o| o.name.node == name.node));
            let d = match elsewhere {
                Some((_, other)) if near.is_none() => d.help(format!(
                    "`{name}` is a rule of `{}`; `instead of` works within one campaign",
                    other.name
                )),
                _ => suggest(d, name.span, near),
            };
            self.report(d.help_opt(Some("name a rule of this campaign, or remove it".into())));
        }
        places
    }

    /// Rules that replace one another in a circle; each circle said once.
    pub(super) fn instead_of_cycles(&mut self, c: &'a ast::Campaign, campaign: &hir::Campaign) {
        let names: Vec<&Name> = rules(c).map(|r| &r.name).collect();
        let mut said = vec![false; names.len()];
        let mut starts: Vec<usize> = (0..names.len()).collect();
        starts.sort_by_key(|i| &names[*i].node);
        for start in starts {
            if said[start] {
                continue;
            }
            let Some(cycle) = circle(start, &campaign.rules) else {
                continue;
            };
            for i in &cycle {
                said[*i] = true;
            }
            let path: Vec<String> = cycle
                .iter()
                .chain(cycle.first())
                .map(|i| format!("`{}`", names[*i]))
                .collect();
            let d = Diagnostic::new(
                &codes::CYCLIC_DEFINITION,
                names[start].span,
                format!(
                    "rules stand in for one another: {}",
                    path.join(" instead of ")
                ),
            );
            self.report(d.help("remove `instead of` from one of them"));
        }
    }
}

/// A way from a rule back to itself through `instead_of`, breadth first.
fn circle(start: usize, rules: &[hir::Rule]) -> Option<Vec<usize>> {
    let mut from = vec![usize::MAX; rules.len()];
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(i) = queue.pop_front() {
        for &next in &rules[i].instead_of {
            if next == start {
                let mut path = vec![i];
                let mut at = i;
                while at != start {
                    at = from[at];
                    path.push(at);
                }
                path.reverse();
                return Some(path);
            }
            if from[next] == usize::MAX {
                from[next] = i;
                queue.push_back(next);
            }
        }
    }
    None
}

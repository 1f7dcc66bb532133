//! The action list, and the entries for the ledger, from the candidates that stand.

use super::arguments::{amount_at, arguments, rows_of};
use super::candidates::{ADOPTED, calls, standing};
use super::evaluate::{BATCH, EvalError, Frame};
use super::firing::{action_key, of_the_day, repeat_values, repetition_key};
use super::outcome::{ActionRow, Outcome};
use super::stages::{self, HELD_EARLIER, Obeys, Run};
use super::texts::Texts;
use super::values::{canonical, leaving_at};
use crate::ledger::{DoneAction, Entries, Fate, Firing, RuleName};
use crate::plan::{ActionCall, NodeId};
use crate::schema::{Type, Value};
use crate::vector::Vector;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// Candidates whose rows are rendered at once.
const PART: usize = BATCH / 4;
/// Parts for each thread that wait to be written.
const PARTS_AT_ONCE: usize = 4;

/// Groups of limits counted `for each EXPR`: how it is written, and the value.
type Groups = Vec<(Box<str>, Box<str>)>;

/// One action of a candidate, with what only the ledger keeps.
struct Rendered<'p> {
    candidate: u32,
    row: ActionRow<'p>,
    groups: Groups,
}

impl<'p> Outcome<'p> {
    /// The action list, sorted by campaign, rule, subject's key, then as the rule says it.
    ///
    /// # Errors
    /// Those of the sink, and of arguments that do not fit their type.
    pub fn actions<E: From<EvalError>>(
        &self,
        sink: &mut dyn FnMut(&ActionRow<'p>) -> Result<(), E>,
    ) -> Result<(), E> {
        let rows = |rows: &mut dyn Iterator<Item = &ActionRow<'p>>| rows.cloned().collect();
        self.action_parts(&rows, &mut |rows: Vec<ActionRow<'p>>| {
            rows.iter().try_for_each(&mut *sink)
        })
    }

    /// The action list in parts, in its order: what `make` makes of the rows of each, by several threads.
    ///
    /// # Errors
    /// Those of the sink, and of arguments that do not fit their type.
    pub fn action_parts<T: Send, E: From<EvalError>>(
        &self,
        make: &(dyn Fn(&mut dyn Iterator<Item = &ActionRow<'p>>) -> T + Sync),
        sink: &mut dyn FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let parts: Vec<(usize, usize, (u32, u32))> = self
            .order()
            .into_iter()
            .flat_map(|(c, r)| self.chunks(c, r).into_iter().map(move |part| (c, r, part)))
            .collect();
        for group in parts.chunks(rayon::current_num_threads() * PARTS_AT_ONCE) {
            let made: Vec<Result<T, EvalError>> = group
                .par_iter()
                .map(|(campaign, rule, (from, to))| {
                    let rendered = self.render(*campaign, *rule, *from, *to)?;
                    Ok(make(&mut rendered.iter().map(|r| &r.row)))
                })
                .collect();
            for part in made {
                sink(part?)?;
            }
        }
        Ok(())
    }

    /// What this run adds to the ledger: who was served with what, who was held out, what was adopted, and the
    /// levels that changed. Nothing of it is in the run's own [`super::Past`].
    ///
    /// # Errors
    /// Arguments that do not fit their type.
    pub fn entries(&self) -> Result<Entries, EvalError> {
        let mut entries = Entries {
            day: self.evaluator.clock().today,
            firings: Vec::new(),
            levels: self.changed_levels()?,
        };
        for (campaign, rule) in self.order() {
            let rendered: Vec<Vec<(RuleName, Firing)>> = self
                .chunks(campaign, rule)
                .into_par_iter()
                .map(|(from, to)| self.firings(campaign, rule, from, to))
                .collect::<Result<_, _>>()?;
            entries.firings.extend(rendered.into_iter().flatten());
        }
        Ok(entries)
    }

    /// The firings among the candidates `from..to`.
    pub(super) fn firings(
        &self,
        campaign: usize,
        rule: usize,
        from: u32,
        to: u32,
    ) -> Result<Vec<(RuleName, Firing)>, EvalError> {
        let plan = self.plan();
        let definition = &plan.campaigns[campaign];
        let candidates = self.candidates(campaign, rule);
        let fate = |c: u32| {
            let place = c as usize;
            if candidates.stands(place) {
                return Some(Fate::Done);
            }
            if candidates.verdicts[place] == ADOPTED {
                return Some(Fate::Adopted);
            }
            let held = candidates.held_out(place);
            let earlier = candidates
                .fell_at(place)
                .is_some_and(|f| f.limit == HELD_EARLIER);
            (held && !earlier).then_some(Fate::HeldOut)
        };
        let kept: Vec<(u32, Fate)> = (from..to).filter_map(|c| Some((c, fate(c)?))).collect();
        let rows: Vec<u32> = kept
            .iter()
            .map(|(c, _)| candidates.subjects[*c as usize])
            .collect();
        let declared = &definition.rules[rule];
        let parts = repeat_values(&self.evaluator, definition.table, declared, &rows)?;
        let wanted = stages::subject_groups(plan, campaign, rule);
        let groups = self.groups(definition.table, &rows, &wanted)?;
        let mut actions: FxHashMap<u32, Vec<DoneAction>> = FxHashMap::default();
        let texts = Texts::new(plan);
        for rendered in self.render(campaign, rule, from, to)? {
            let done = done_action(rendered.row, rendered.groups, &texts);
            actions.entry(rendered.candidate).or_default().push(done);
        }
        let name = RuleName {
            campaign: definition.name.as_str().into(),
            rule: declared.name.as_str().into(),
        };
        let mut out = Vec::with_capacity(kept.len());
        let names = [plan.workspace.as_str(), &definition.name, &declared.name];
        for (place, ((candidate, fate), groups)) in kept.into_iter().zip(groups).enumerate() {
            let subject = candidates.subjects[candidate as usize];
            let key = repetition_key(names, parts.of(place));
            let firing = Firing {
                day: self.evaluator.clock().today,
                subject: self.subject_key(definition.table, subject).into(),
                key,
                fate,
                variant: self.variant(campaign, rule, candidate).map(Arc::from),
                groups,
                actions: actions.remove(&candidate).unwrap_or_default(),
            };
            out.push((name.clone(), firing));
        }
        Ok(out)
    }

    /// The action rows of one candidate.
    pub(super) fn action_rows(
        &self,
        campaign: usize,
        rule: usize,
        candidate: u32,
    ) -> Result<Vec<ActionRow<'p>>, EvalError> {
        let rendered = self.render(campaign, rule, candidate, candidate + 1)?;
        Ok(rendered.into_iter().map(|r| r.row).collect())
    }

    /// The arm of a candidate, `nothing` among them; `None` for a rule without a split.
    fn variant(&self, campaign: usize, rule: usize, candidate: u32) -> Option<&'p str> {
        let arms = &self.plan().campaigns[campaign].rules[rule].arms;
        let arm = *self
            .candidates(campaign, rule)
            .arms
            .get(candidate as usize)?;
        let arm = arms.get(arm as usize)?;
        Some(arm.name.as_deref().unwrap_or("nothing"))
    }

    /// The values of these expressions for each row.
    fn groups(
        &self,
        table: usize,
        rows: &[u32],
        wanted: &[(&str, NodeId)],
    ) -> Result<Vec<Groups>, EvalError> {
        let mut out: Vec<Groups> = vec![Vec::new(); rows.len()];
        if wanted.is_empty() {
            return Ok(out);
        }
        let frame = Frame::indices(table, rows);
        for (text, node) in wanted {
            let vector = self.evaluator.eval(*node, &frame)?;
            let ty = self.plan().nodes.ty(*node);
            for (i, groups) in out.iter_mut().enumerate() {
                let value = canonical(&self.evaluator, &vector, ty, i);
                groups.push(((*text).into(), value.into()));
            }
        }
        Ok(out)
    }

    /// Ranges of candidates to render at once.
    fn chunks(&self, campaign: usize, rule: usize) -> Vec<(u32, u32)> {
        let n = self.candidates(campaign, rule).subjects.len();
        (0..n)
            .step_by(PART)
            .map(|from| (from as u32, (from + PART).min(n) as u32))
            .collect()
    }

    /// The action rows of the candidates `from..to`.
    fn render(
        &self,
        campaign: usize,
        rule: usize,
        from: u32,
        to: u32,
    ) -> Result<Vec<Rendered<'p>>, EvalError> {
        let plan = self.plan();
        let candidates = self.candidates(campaign, rule);
        let definition = &plan.campaigns[campaign];
        let declared = &definition.rules[rule];
        let table = definition.table;
        let mut out: Vec<Rendered<'p>> = Vec::with_capacity((to - from) as usize);
        for (call, deliveries) in calls(declared, candidates) {
            let places: Vec<usize> = standing(candidates, deliveries, from, to).collect();
            for chunk in places.chunks(BATCH) {
                let (subjects, targets) = rows_of(candidates, deliveries, chunk);
                let arguments = arguments(&self.evaluator, call, table, &subjects, &targets)?;
                let frame = Frame::indices(call.table, &targets).with_parameters(&arguments);
                let costs = call
                    .cost
                    .map(|c| self.evaluator.eval(c, &frame))
                    .transpose()?;
                let channel = call.channel.as_ref();
                let quiet = channel
                    .and_then(|c| c.quiet.as_ref())
                    .filter(|_| definition.purpose.limits());
                let mut later = match quiet {
                    Some(quiet) => stages::deliver_after(self.run(), quiet, call.table, &targets)?,
                    None => Vec::new(),
                };
                let wanted = channel.map_or_else(Vec::new, stages::target_groups);
                let groups = self.groups(call.table, &targets, &wanted)?;
                for ((i, place), groups) in chunk.iter().enumerate().zip(groups) {
                    let candidate = deliveries.candidates[*place];
                    let row = ActionRow {
                        key: String::new(),
                        campaign: &definition.name,
                        rule: &declared.name,
                        action: &call.action,
                        channel: channel.map(|c| c.name.as_str()),
                        record: &plan.tables[call.table].record,
                        target: self.subject_key(call.table, targets[i]),
                        subject: self.subject_key(table, subjects[i]),
                        variant: self.variant(campaign, rule, candidate),
                        deliver_after: later.get_mut(i).and_then(Option::take),
                        cost: costs.as_ref().and_then(|c| amount_at(c, i)),
                        params: self.params(call, &arguments, i),
                    };
                    out.push(Rendered {
                        candidate,
                        row,
                        groups,
                    });
                }
            }
        }
        // Stable: within a candidate, in the order of the calls, then of the targets.
        out.sort_by_key(|rendered| rendered.candidate);
        self.add_keys(&mut out, (campaign, rule), from, to)?;
        Ok(out)
    }

    pub(super) fn run(&self) -> Run<'_, 'p> {
        Run {
            plan: self.plan(),
            evaluator: &self.evaluator,
            past: &self.past,
        }
    }

    fn params(
        &self,
        call: &'p ActionCall,
        arguments: &[Vector<'_>],
        row: usize,
    ) -> Vec<(&'p str, Type, Option<Value>)> {
        call.parameters
            .iter()
            .zip(arguments)
            .map(|(parameter, vector)| {
                let value = leaving_at(&self.evaluator, vector, parameter.ty, row);
                (parameter.name.as_str(), parameter.ty, value)
            })
            .collect()
    }

    /// Gives each action its idempotency key; the same action to the same target within a firing is told
    /// apart by a count.
    fn add_keys(
        &self,
        rendered: &mut [Rendered<'p>],
        (campaign, rule): (usize, usize),
        from: u32,
        to: u32,
    ) -> Result<(), EvalError> {
        let definition = &self.plan().campaigns[campaign];
        let declared = &definition.rules[rule];
        let subjects = &self.candidates(campaign, rule).subjects[from as usize..to as usize];
        let firings = repeat_values(&self.evaluator, definition.table, declared, subjects)?;
        let day = of_the_day(declared, self.evaluator.clock().today);
        let mut counts: Vec<u32> = Vec::with_capacity(rendered.len());
        for of_one in rendered.chunk_by(|a, b| a.candidate == b.candidate) {
            if let [_] = of_one {
                counts.push(1);
                continue;
            }
            let mut seen: FxHashMap<(&str, &str, &str), u32> = FxHashMap::default();
            for Rendered { row, .. } in of_one {
                let same = (row.action, row.record, &*row.target);
                counts.push(*seen.entry(same).and_modify(|n| *n += 1).or_insert(1));
            }
        }
        for (Rendered { candidate, row, .. }, count) in rendered.iter_mut().zip(&counts) {
            let count = match count {
                1 => Cow::Borrowed("1"),
                count => Cow::Owned(count.to_string()),
            };
            row.key = action_key(
                [self.plan().workspace.as_str(), row.campaign, row.rule]
                    .into_iter()
                    .chain(firings.of((*candidate - from) as usize))
                    .chain(day.as_deref())
                    .chain([row.action, row.record, &row.target, &count]),
            );
        }
        Ok(())
    }
}

fn done_action(row: ActionRow<'_>, groups: Groups, texts: &Texts<'_>) -> DoneAction {
    DoneAction {
        params: texts.params(&row.params).into(),
        key: row.key.into(),
        action: row.action.into(),
        channel: row.channel.map(Arc::from),
        record: row.record.into(),
        target: row.target.into(),
        cost: row.cost,
        deliver_after: row.deliver_after.map(String::into_boxed_str),
        groups,
    }
}

//! Stage 1: for which subjects each rule's conditions hold.

use crate::engine::evaluate::{BATCH, EvalError, Evaluator, Frame, rows_where};
use crate::plan::{Campaign, Plan};
use crate::schema::Day;
use rayon::prelude::*;

/// Row numbers for which each rule's conditions hold, ascending, by campaign and rule.
pub fn find(
    plan: &Plan,
    evaluator: &Evaluator<'_>,
    today: Day,
) -> Result<Vec<Vec<Vec<u32>>>, EvalError> {
    let mut found: Vec<Vec<Vec<u32>>> = plan
        .campaigns
        .iter()
        .map(|c| vec![Vec::new(); c.rules.len()])
        .collect();
    for table in 0..plan.tables.len() {
        let campaigns: Vec<usize> = (0..plan.campaigns.len())
            .filter(|c| plan.campaigns[*c].table == table)
            .filter(|c| runs_on(&plan.campaigns[*c], today))
            .collect();
        if campaigns.is_empty() {
            continue;
        }
        let rows = evaluator.rows(table);
        let batches: Vec<Vec<Vec<u32>>> = (0..rows.div_ceil(BATCH))
            .into_par_iter()
            .map(|b| {
                let start = b * BATCH;
                let length = BATCH.min(rows - start);
                batch(plan, evaluator, &campaigns, table, start, length)
            })
            .collect::<Result<_, _>>()?;
        for batch in batches {
            let rules = campaigns
                .iter()
                .flat_map(|c| (0..plan.campaigns[*c].rules.len()).map(move |r| (*c, r)));
            for ((campaign, rule), rows) in rules.zip(batch) {
                found[campaign][rule].extend(rows);
            }
        }
    }
    Ok(found)
}

/// Whether a campaign runs on a day.
pub fn runs_on(campaign: &Campaign, today: Day) -> bool {
    campaign
        .runs
        .is_none_or(|(from, to)| from <= today && to.is_none_or(|to| today <= to))
}

/// The rows of one batch, for each rule of each of the campaigns. One frame serves all of them, so that what
/// conditions share is evaluated once.
fn batch(
    plan: &Plan,
    evaluator: &Evaluator<'_>,
    campaigns: &[usize],
    table: usize,
    start: usize,
    length: usize,
) -> Result<Vec<Vec<u32>>, EvalError> {
    let frame = Frame::range(table, start, length);
    let mut out = Vec::new();
    for campaign in campaigns {
        let campaign = &plan.campaigns[*campaign];
        let audience = campaign
            .audience
            .map(|a| evaluator.eval(a, &frame))
            .transpose()?;
        let nobody = rows_where([audience.as_ref(), None], start, length).is_empty();
        for rule in &campaign.rules {
            if nobody {
                out.push(Vec::new());
                continue;
            }
            let when = rule.when.map(|w| evaluator.eval(w, &frame)).transpose()?;
            let conditions = [audience.as_ref(), when.as_ref()];
            out.push(rows_where(conditions, start, length));
        }
    }
    Ok(out)
}

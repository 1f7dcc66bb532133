//! The same said of many places is one finding: a name that was changed where it is declared, a field that is
//! no longer optional.

use crate::diagnostic::{Diagnostic, codes};
use rustc_hash::FxHashMap;

/// Places that each have a finding of their own.
const FEW: usize = 3;

/// Makes one finding of those that say the same of more than [`FEW`] places: it stands at the first, points at
/// the second, counts the others, and mends all.
pub(super) fn gather(diagnostics: &mut Vec<Diagnostic>) {
    let alike = |d: &Diagnostic| d.code == &codes::UNKNOWN_NAME || d.code == &codes::INCOMPLETE_ROW;
    let mut places: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for (i, d) in diagnostics.iter().enumerate().filter(|(_, d)| alike(d)) {
        places.entry(d.message.clone()).or_default().push(i);
    }
    let mut gone = vec![false; diagnostics.len()];
    for all in places.values().filter(|all| all.len() > FEW) {
        let (first, others) = (all[0], &all[1..]);
        let edits: Vec<_> = others
            .iter()
            .filter_map(|&i| diagnostics[i].fix.as_ref())
            .flat_map(|f| f.edits.clone())
            .collect();
        let second = diagnostics[others[0]].span;
        let d = &mut diagnostics[first];
        if let Some(fix) = &mut d.fix {
            fix.edits.extend(edits);
        }
        let more = others.len() - 1;
        let places = if more == 1 { "place" } else { "places" };
        d.labels.push(crate::diagnostic::Label {
            span: second,
            text: format!("here too, and in {more} more {places}"),
        });
        others.iter().for_each(|&i| gone[i] = true);
    }
    let mut keep = gone.iter().map(|g| !g);
    diagnostics.retain(|_| keep.next().unwrap_or(true));
}

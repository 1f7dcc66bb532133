//! `and` and `or`: an operand that cannot fail is evaluated only where those before it leave something open.

use super::kernels::logic::Verdict;
use super::operands::operands;
use super::{EvalError, Evaluator, Frame};
use crate::hir::CompareOp;
use crate::plan::{Node, NodeId, Plan};
use crate::vector::Vector;
use rustc_hash::FxHashMap;

/// Rows are picked where at most one in so many is open; kernels over the whole batch are quicker than picking more.
const FEW: usize = 8;

/// Of operands that lie deeper, parts are remembered: see [`Evaluator::prepare`].
const DEEPEST: u32 = super::nodes::FLIGHT - 1;

impl Evaluator<'_> {
    /// The `and` (`DECISIVE` is false) or `or` (true) of these operands.
    pub(super) fn junction<'a, const DECISIVE: bool>(
        &'a self,
        operands: &[NodeId],
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let rows = frame.len();
        let mut verdict = Verdict::<DECISIVE>::of_no_operands();
        let (mut spared, always): (Vec<NodeId>, Vec<NodeId>) = operands
            .iter()
            .partition(|operand| self.sparable[operand.0 as usize]);
        for operand in always {
            verdict.add(&*self.get(operand, frame)?, rows);
        }
        spared.sort_by_key(|operand| self.turn(*operand));
        for (i, operand) in spared.iter().enumerate() {
            let open = verdict.open(rows);
            if open == 0 {
                break;
            }
            if open * FEW <= rows {
                let places = verdict.open_places();
                let rest = self.junction::<DECISIVE>(&spared[i..], &frame.select(&places))?;
                verdict.add_at(&rest, &places, rows);
                break;
            }
            verdict.add(&*self.get(*operand, frame)?, rows);
        }
        Ok(verdict.finish())
    }

    /// Simple operands come first, and of these the ones that mostly hold for fewer rows: what equals one of some
    /// values or lies between two.
    fn turn(&self, operand: NodeId) -> (bool, bool, u32) {
        let narrow = match self.plan.nodes.get(operand) {
            Node::Compare { op, .. } => *op == CompareOp::Equal,
            Node::And(list) => self.left_of_all(list).is_some(),
            Node::In { .. } => true,
            _ => false,
        };
        let depth = self.depths[operand.0 as usize];
        (depth > 2, !narrow, depth)
    }
}

/// By [`NodeId`]: operations that cannot fail, and nothing of which is worth remembering for another place of the
/// plan that asks for it: evaluated on some of the rows, or on none, they cost no more than on all.
pub fn sparable(plan: &Plan, uses: &[u32], depths: &[u32]) -> Vec<bool> {
    let mut safe: Vec<bool> = Vec::with_capacity(plan.nodes.len());
    for i in 0..plan.nodes.len() {
        let node = plan.nodes.get(NodeId(i as u32));
        let mut all = cannot_fail(node);
        operands(node, &mut |n| all &= safe[n.0 as usize]);
        safe.push(all);
    }
    let mut sparable = vec![false; plan.nodes.len()];
    for i in 0..plan.nodes.len() {
        let (Node::And(list) | Node::Or(list)) = plan.nodes.get(NodeId(i as u32)) else {
            continue;
        };
        for operand in list {
            let place = operand.0 as usize;
            sparable[place] = safe[place]
                && (1..=DEEPEST).contains(&depths[place])
                && uses[place] == 1
                && is_alone(plan, *operand, uses, depths);
        }
    }
    sparable
}

/// Whether the operation's kernel gives a value for all values.
fn cannot_fail(node: &Node) -> bool {
    matches!(
        node,
        Node::Constant(_)
            | Node::Missing
            | Node::Today(_)
            | Node::Now(_)
            | Node::Row
            | Node::Field(_)
            | Node::Column(_)
            | Node::Scalar(_)
            | Node::Parameter(_)
            | Node::Through { .. }
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_)
            | Node::Compare { .. }
            | Node::TextMatch { .. }
            | Node::In { .. }
            | Node::Known(_)
            | Node::Default { .. }
            | Node::Choose { .. }
            | Node::Level { .. }
            | Node::NextLevel { .. }
            | Node::Widen(_)
            | Node::Between { .. }
            | Node::DayOf(_)
            | Node::Reached { .. }
    )
}

/// Whether no other place of the plan reads an operation below this one. What is no operation is not computed.
fn is_alone(plan: &Plan, top: NodeId, uses: &[u32], depths: &[u32]) -> bool {
    let mut inside: FxHashMap<NodeId, u32> = FxHashMap::default();
    let mut stack = vec![top];
    while let Some(id) = stack.pop() {
        operands(plan.nodes.get(id), &mut |n| {
            if depths[n.0 as usize] == 0 {
                return;
            }
            let count = inside.entry(n).or_insert(0);
            *count += 1;
            if *count == 1 {
                stack.push(n);
            }
        });
    }
    inside.iter().all(|(n, count)| uses[n.0 as usize] == *count)
}

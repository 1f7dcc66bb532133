//! Nodes that are more than a kernel: they look at other rows, or at some of the rows only.

use super::kernels::arithmetic;
use super::vectors::{blend, default_values, expand, gather, missing_rows, scatter};
use super::{EvalError, Evaluator, Frame};
use crate::hir::ArithmeticOp;
use crate::plan::NodeId;
use crate::vector::{Values, Vector};

impl Evaluator<'_> {
    pub(super) fn outer<'a>(
        &'a self,
        node: NodeId,
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let Some((outer, places)) = frame.outside() else {
            unreachable!("checked: `self` within an aggregate")
        };
        match self.get(node, outer) {
            Ok(vector) => Ok(gather(&vector, places)),
            // The row that fails may have no rows inside that ask for it.
            Err(_) => self.eval(node, &outer.select(places)),
        }
    }

    pub(super) fn through<'a>(
        &'a self,
        reference: NodeId,
        table: usize,
        member: NodeId,
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let reference = self.get(reference, frame)?;
        let Values::Reference(targets) = &reference.values else {
            unreachable!("checked: a reference")
        };
        let rows = frame.len();
        let places: Vec<u32> = (0..rows as u32)
            .filter(|p| reference.is_valid(*p as usize))
            .collect();
        let target = |p: &u32| targets[reference.place(*p as usize)];
        let inside = frame.seen_from(table, places.iter().map(target).collect(), &places);
        let values = self.get(member, &inside)?;
        Ok(scatter(&values, self.plan.nodes.ty(member), &places, rows))
    }

    pub(super) fn default<'a>(
        &'a self,
        value: NodeId,
        default: NodeId,
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let value = self.get(value, frame)?;
        if value.valid.is_none() {
            return Ok((*value).clone());
        }
        let rows = frame.len();
        let places: Vec<u32> = (0..rows as u32)
            .filter(|p| !value.is_valid(*p as usize))
            .collect();
        let default = self.get_at(default, frame, &places)?;
        let mut out = expand(&value, rows);
        blend(&mut out, &default, &places);
        if out.valid.as_ref().is_some_and(|v| !v.contains(&false)) {
            out.valid = None;
        }
        Ok(out)
    }

    pub(super) fn choose<'a>(
        &'a self,
        id: NodeId,
        lines: &[(NodeId, NodeId)],
        otherwise: Option<NodeId>,
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let rows = frame.len();
        let mut left: Vec<u32> = (0..rows as u32).collect();
        let mut out = missing_rows(self.plan.nodes.ty(id), rows);
        for (condition, value) in lines {
            if left.is_empty() {
                break;
            }
            let condition = self.get_at(*condition, frame, &left)?;
            let (taken, rest): (Vec<u32>, Vec<u32>) =
                left.iter().partition(|p| condition.holds(**p as usize));
            self.take(*value, frame, &taken, &mut out)?;
            left = rest;
        }
        if let Some(otherwise) = otherwise {
            self.take(otherwise, frame, &left, &mut out)?;
        }
        if out.valid.as_ref().is_some_and(|v| !v.contains(&false)) {
            out.valid = None;
        }
        Ok(out)
    }

    fn take<'a>(
        &'a self,
        value: NodeId,
        frame: &Frame<'_, 'a>,
        places: &[u32],
        out: &mut Vector<'a>,
    ) -> Result<(), EvalError> {
        if !places.is_empty() {
            blend(out, &*self.get_at(value, frame, places)?, places);
        }
        Ok(())
    }

    pub(super) fn score<'a>(
        &'a self,
        id: NodeId,
        lines: &[(NodeId, NodeId)],
        frame: &Frame<'_, 'a>,
    ) -> Result<Vector<'a>, EvalError> {
        let rows = frame.len();
        let mut sum = Vector::new(default_values(self.plan.nodes.ty(id), rows));
        for (condition, value) in lines {
            let condition = self.get(*condition, frame)?;
            let taken: Vec<u32> = (0..rows as u32)
                .filter(|p| condition.holds(*p as usize))
                .collect();
            let value = self.get_at(*value, frame, &taken)?;
            let mut part = Vector::new(default_values(self.plan.nodes.ty(id), rows));
            blend(&mut part, &value, &taken);
            let next = arithmetic::arithmetic(ArithmeticOp::Add, &sum, &part, rows);
            sum = self.locate(id, frame, next)?;
        }
        Ok(sum)
    }
}

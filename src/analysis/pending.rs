//! What is understood, and not evaluated yet; and names of channels and campaigns.

use super::Checker;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::ast::{DeclarationKind, Name};

impl<'a> Checker<'a> {
    pub(super) fn pending(&mut self, span: Span, what: &str) {
        self.report(
            Diagnostic::new(
                &codes::NOT_YET_EVALUATED,
                span,
                format!("{what} is understood but not evaluated yet"),
            )
            .help("remove it until then; nothing is left out silently"),
        );
    }

    pub(super) fn channel_place(&mut self, name: &Name) -> Option<u32> {
        let place = self.channel_names.get(name);
        if place.is_none() {
            let near = crate::diagnostic::nearest(name, self.channel_names.names());
            let near = near.map(str::to_string);
            self.unknown("channel", name, near);
        }
        place
    }

    pub(super) fn campaign_place(&mut self, name: &Name) -> Option<u32> {
        let place = self.campaign_names.get(name);
        if place.is_none() {
            let near = crate::diagnostic::nearest(name, self.campaign_names.names());
            let near = near.map(str::to_string);
            self.unknown("campaign", name, near);
        }
        place
    }

    /// Points wallets are reserved.
    pub(super) fn check_accounts(&mut self) {
        for d in self.declarations() {
            if let DeclarationKind::Account(a) = &d.kind {
                self.pending(a.name.span, "an account of points");
            }
        }
    }
}

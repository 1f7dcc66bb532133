//! Every expression of a file, in the order of the text.

use super::*;

impl File {
    /// Each expression and all below it.
    pub fn expressions<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        for declaration in &self.declarations {
            declaration.roots(&mut |e| e.walk(visit));
        }
    }
}

impl Expr {
    /// This expression and all below it.
    pub fn walk<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        visit(self);
        self.operands(&mut |e| e.walk(visit));
    }

    /// Without the parentheses that were written around it.
    pub fn bare(&self) -> &Expr {
        match &self.kind {
            ExprKind::Paren(inner) => inner.bare(),
            _ => self,
        }
    }

    /// The expressions right below this one.
    pub fn operands<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        use ExprKind as E;
        match &self.kind {
            E::Integer(_)
            | E::Number(_)
            | E::Percent(_)
            | E::Money(..)
            | E::Date(_)
            | E::DateTime { .. }
            | E::Time(_)
            | E::Duration(..)
            | E::YesNo(_)
            | E::Today
            | E::Now
            | E::SelfRow
            | E::Name(_)
            | E::Boundary { .. }
            | E::Done { .. }
            | E::LoopsThrough(_)
            | E::ReachableBy { .. } => {}
            E::Text(text) => {
                for part in &text.parts {
                    if let TextPart::Placeholder(e) = part {
                        visit(e);
                    }
                }
            }
            E::Paren(e)
            | E::Quantity(e, _)
            | E::Member { base: e, .. }
            | E::Not(e)
            | E::Negate(e)
            | E::Known { value: e, .. }
            | E::IsToday { value: e, .. }
            | E::AsPercent(e)
            | E::Since { date: e, .. }
            | E::Until { date: e, .. }
            | E::Reminder { date: e, .. }
            | E::Anniversary { date: e, .. }
            | E::Moved { tiers: e, .. } => visit(e),
            E::Call { arguments, .. } => arguments.iter().for_each(|a| visit(&a.value)),
            E::And(list) | E::Or(list) | E::Group(_, list) => list.iter().for_each(visit),
            E::Arithmetic { left, right, .. }
            | E::Compare { left, right, .. }
            | E::TextMatch { left, right, .. }
            | E::Default {
                value: left,
                default: right,
            }
            | E::AsOf {
                value: left,
                date: right,
            }
            | E::FromTo {
                from: left,
                to: right,
                ..
            } => {
                visit(left);
                visit(right);
            }
            E::Between { value, low, high } | E::FromToBelow { value, low, high } => {
                visit(value);
                visit(low);
                visit(high);
            }
            E::In { value, list, .. } => {
                visit(value);
                list.iter().for_each(visit);
            }
            E::InWindow { value, window, .. } => {
                visit(value);
                window.operands(visit);
            }
            E::If {
                condition,
                then,
                otherwise,
            } => {
                visit(condition);
                visit(then);
                otherwise.iter().for_each(|e| visit(e));
            }
            E::Rounded { value, to, .. } => {
                visit(value);
                to.iter().for_each(|e| visit(e));
            }
            E::Aggregate(a) => {
                a.number.iter().for_each(&mut *visit);
                visit(&a.path);
                a.window.iter().for_each(|w| w.operands(visit));
                a.filter.iter().for_each(visit);
            }
            E::Population(p) => {
                visit(&p.value);
                p.filter.iter().chain(&p.group).for_each(visit);
            }
        }
    }
}

impl Window {
    fn operands<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        match self {
            Window::Last(count, _) | Window::Next(count, _) => visit(count),
            Window::Calendar(..) => {}
            Window::After(count, _, date) | Window::Before(count, _, date) => {
                visit(count);
                visit(date);
            }
        }
    }
}

impl Declaration {
    /// Its whole expressions.
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        use DeclarationKind as D;
        match &self.kind {
            D::Workspace(_) | D::Occasion(_) | D::Account(_) | D::Exclusive(_) | D::HoldOut(_) => {}
            D::Record(record) => {
                for modifier in record.fields.iter().flat_map(|f| &f.modifiers) {
                    if let Modifier::Default(e) = &modifier.node {
                        visit(e);
                    }
                }
            }
            D::Define(define) => visit(&define.value),
            D::Segment(segment) => visit(&segment.condition),
            D::Tiers(tiers) => tiers.roots(visit),
            D::Stages(stages) => stages.lines.iter().for_each(|(c, _)| visit(c)),
            D::Score(score) => {
                for line in &score.lines {
                    visit(&line.condition);
                    visit(&line.value);
                }
            }
            D::Table(table) => table.roots(visit),
            D::Message(message) => {
                message.parameters.iter().for_each(|p| p.roots(visit));
                message.by.iter().for_each(&mut *visit);
                message.texts.iter().for_each(|t| visit(&t.text));
            }
            D::Channel(channel) => channel.clauses.iter().for_each(|c| c.node.roots(visit)),
            D::Action(action) => {
                action.parameters.iter().for_each(|p| p.roots(visit));
                action.costs.iter().for_each(visit);
            }
            D::Campaign(campaign) => campaign.roots(visit),
            D::Figure(figure) => visit(&figure.value),
            D::Budget(budget) => budget.roots(visit),
            D::SharedCap(limit) => limit.roots(visit),
            D::Pause(pause) => visit(&pause.condition),
            D::Test(test) => test.clauses.iter().for_each(|c| c.node.roots(visit)),
        }
    }
}

impl Tiers {
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        match &self.body {
            TiersBody::By { by, levels } => {
                visit(by);
                levels.iter().for_each(|(_, e)| visit(e));
            }
            TiersBody::When { lines, .. } => lines.iter().for_each(|(c, _)| visit(c)),
        }
        for option in &self.options {
            if let TierChange::After(e) = &option.node.how {
                visit(e);
            }
        }
    }
}

impl Table {
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        self.by.iter().for_each(&mut *visit);
        for line in &self.lines {
            for cell in &line.cells {
                match &cell.node {
                    Cell::Any => {}
                    Cell::OneOf(list) => list.iter().for_each(&mut *visit),
                    Cell::Compare(_, e) => visit(e),
                    Cell::FromToBelow(low, high) | Cell::Between(low, high) => {
                        visit(low);
                        visit(high);
                    }
                }
            }
            visit(&line.value);
        }
        self.otherwise.iter().for_each(visit);
    }
}

impl Parameter {
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        self.default.iter().for_each(visit);
    }
}

impl ChannelClause {
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        match self {
            ChannelClause::Needs(e) | ChannelClause::Consent(e) => visit(e),
            ChannelClause::AtMost(limit) => limit.roots(visit),
            ChannelClause::Quiet { from, to, zone } => {
                visit(from);
                visit(to);
                zone.iter().for_each(visit);
            }
            ChannelClause::Html => {}
        }
    }
}

impl AtMost {
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        visit(&self.count);
        if let Some(LimitScope::ForEach(e)) = &self.scope {
            visit(e);
        }
    }
}

impl Budget {
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        visit(&self.amount);
        self.for_each.iter().for_each(visit);
    }
}

impl Campaign {
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        for item in &self.items {
            match item {
                CampaignItem::Clause(clause) => clause.node.roots(visit),
                CampaignItem::Rule(rule) => rule.clauses.iter().for_each(|c| c.node.roots(visit)),
            }
        }
    }
}

impl CampaignClause {
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        match self {
            CampaignClause::Goal(_)
            | CampaignClause::Theme(_)
            | CampaignClause::Owner(_)
            | CampaignClause::Purpose(_)
            | CampaignClause::Priority(_)
            | CampaignClause::HoldOut(_) => {}
            CampaignClause::Audience(e)
            | CampaignClause::Favour { value: e, .. }
            | CampaignClause::Measure { value: e, .. } => visit(e),
            CampaignClause::Runs { from, to } => {
                visit(from);
                to.iter().for_each(visit);
            }
            CampaignClause::Budget(budget) => budget.roots(visit),
            CampaignClause::AtMost(limit) => limit.roots(visit),
        }
    }
}

impl RuleClause {
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        match self {
            RuleClause::Because(_) | RuleClause::Repeat(Repeat::Once) => {}
            RuleClause::When(e) | RuleClause::Repeat(Repeat::AgainAfter(e)) => visit(e),
            RuleClause::Repeat(Repeat::OncePerCalendar(_)) => {}
            RuleClause::Repeat(Repeat::OncePer(list)) => list.iter().for_each(visit),
            RuleClause::Repeat(Repeat::OnceFor { path, per }) => {
                visit(path);
                per.iter().for_each(visit);
            }
            RuleClause::AtMost(limit) => limit.roots(visit),
            RuleClause::Then(Then::Actions(calls) | Then::FirstReachable(calls)) => {
                calls.iter().for_each(|c| c.roots(visit));
            }
            RuleClause::Then(Then::Split(arms)) => {
                arms.iter()
                    .flat_map(|a| &a.calls)
                    .for_each(|c| c.roots(visit));
            }
        }
    }
}

impl ActionCall {
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        self.arguments.iter().for_each(|a| visit(&a.value));
        match &self.target {
            None => {}
            Some(Target::To(e)) => visit(e),
            Some(Target::ToEach { path, filter }) => {
                visit(path);
                filter.iter().for_each(visit);
            }
        }
    }
}

impl ExpectedAction {
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        self.arguments.iter().for_each(|a| visit(&a.value));
        self.to.iter().for_each(&mut *visit);
        for delivery in &self.deliveries {
            if let ExpectedDelivery::After(e) = delivery {
                visit(e);
            }
        }
        self.costs.iter().for_each(visit);
    }
}

impl TestClause {
    fn roots<'f>(&'f self, visit: &mut dyn FnMut(&'f Expr)) {
        match self {
            TestClause::TodayIs(e) | TestClause::NowIs(e) => visit(e),
            TestClause::Given { fields, .. } => fields.iter().for_each(|(_, e)| visit(e)),
            TestClause::GivenDone {
                subject,
                on,
                per,
                actions,
                ..
            } => {
                visit(subject);
                visit(on);
                per.iter().for_each(&mut *visit);
                actions.iter().for_each(|a| a.roots(visit));
            }
            TestClause::GivenHeldOut { subject, .. }
            | TestClause::GivenVariant { subject, .. }
            | TestClause::ExpectNo { subject, .. }
            | TestClause::ExpectNothing { target: subject } => visit(subject),
            TestClause::GivenLevel { subject, since, .. } => {
                visit(subject);
                visit(since);
            }
            TestClause::ExpectActions {
                subject, actions, ..
            } => {
                visit(subject);
                actions.iter().for_each(|a| a.roots(visit));
            }
            TestClause::ExpectFigures { figures } => {
                for figure in figures {
                    figure.group.iter().for_each(&mut *visit);
                    if let Expectation::Equals(e) = &figure.expected {
                        visit(e);
                    }
                }
            }
            TestClause::ExpectValues { key, values, .. } => {
                visit(key);
                for value in values {
                    if let Expectation::Equals(e) = &value.expected {
                        visit(e);
                    }
                }
            }
        }
    }
}

//! Plans and data in few words.

use guanxi::data::{
    Column, ColumnRequest, ColumnType, ColumnValues, Dataset, Table, TableRequest, TableSource,
    TextColumn,
};
use guanxi::engine::evaluate::{Clock, EvalError, Evaluator, Frame, Zone};
use guanxi::hir::{ArithmeticOp, CompareOp, LeapDay, Weekday};
use guanxi::plan::{Aggregate, ColumnDefinition, ColumnId, Node, NodeId, Nodes, Plan};
use guanxi::schema::{Currency, Day, Decimal, DurationKind, Type, Value};
use guanxi::source::Span;

pub fn day(s: &str) -> Day {
    Day::parse_iso(s.as_bytes()).unwrap()
}

pub fn decimal(s: &str) -> Decimal {
    s.parse().unwrap()
}

pub fn cny() -> Currency {
    Currency::from_code("CNY").unwrap()
}

/// A column of texts in the manner of a spreadsheet; an empty one is missing.
pub fn column(ty: ColumnType, cells: &[&str]) -> Column {
    let valid: Vec<bool> = cells.iter().map(|c| !c.is_empty()).collect();
    fn all<T: Default>(cells: &[&str], f: impl Fn(&str) -> T) -> Vec<T> {
        let cell = |c: &&str| if c.is_empty() { T::default() } else { f(c) };
        cells.iter().map(cell).collect()
    }
    let values = match &ty {
        ColumnType::Text => {
            let mut texts = TextColumn::new();
            cells.iter().for_each(|c| texts.push(c));
            ColumnValues::Text(texts)
        }
        ColumnType::YesNo => ColumnValues::YesNo(all(cells, |c| c == "yes")),
        ColumnType::Integer => ColumnValues::Integer(all(cells, |c| c.parse().unwrap())),
        ColumnType::Number | ColumnType::Percent | ColumnType::Money(_) => ColumnValues::Decimal {
            scale: 2,
            values: all(cells, |c| (decimal(c).0 / 10_000_000) as i64),
        },
        ColumnType::Date => ColumnValues::Date(all(cells, |c| day(c).0)),
        ColumnType::DateTime => ColumnValues::DateTime(all(cells, instant)),
        ColumnType::Time => ColumnValues::Time(all(cells, |c| c.parse().unwrap())),
        ColumnType::Duration(_) => ColumnValues::Duration(all(cells, |c| c.parse().unwrap())),
        ColumnType::Enum(names) => ColumnValues::Enum(all(cells, |c| {
            names.iter().position(|n| n == c).unwrap() as u32
        })),
        ColumnType::Reference(_) => ColumnValues::Reference(all(cells, |c| c.parse().unwrap())),
    };
    Column {
        values,
        valid: valid.contains(&false).then_some(valid),
    }
}

/// `2026-11-21T09:00Z`
pub fn instant(s: &str) -> i64 {
    s.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

pub fn table(record: &str, columns: Vec<(ColumnType, &[&str])>) -> (TableRequest, Table) {
    let requests = columns
        .iter()
        .enumerate()
        .map(|(i, (ty, _))| ColumnRequest {
            field: format!("f{i}"),
            header: format!("f{i}"),
            ty: ty.clone(),
            optional: true,
            default: None,
            format: None,
            personal: false,
        });
    let request = TableRequest {
        record: record.to_string(),
        source: TableSource::File(record.to_string()),
        columns: requests.collect(),
        unread: vec![],
        key: vec![0],
        dated: None,
        key_unread: false,
    };
    let rows = columns.first().map_or(0, |(_, cells)| cells.len());
    let table = Table {
        rows,
        types: columns.iter().map(|(ty, _)| ty.clone()).collect(),
        columns: columns.into_iter().map(|(ty, c)| column(ty, c)).collect(),
        key: vec![0],
    };
    (request, table)
}

/// A plan in the making, with its data.
pub struct World {
    pub plan: Plan,
    pub data: Dataset,
    pub today: Day,
}

impl World {
    pub fn new(tables: Vec<(TableRequest, Table)>) -> World {
        let (requests, tables) = tables.into_iter().unzip();
        World {
            plan: Plan {
                done: Vec::new(),
                histories: Vec::new(),
                budgets: Vec::new(),
                shared_caps: Vec::new(),
                exclusives: Vec::new(),
                pauses: Vec::new(),
                hold_out: 0,
                workspace: "test".to_string(),
                currency: Some(cny()),
                zone: "Europe/Berlin".to_string(),
                leap_day: LeapDay::February28,
                weeks_start: Weekday::Monday,
                tables: requests,
                enums: vec![vec!["low".into(), "middle".into(), "high".into()]],
                clocks: vec![None],
                nodes: Nodes::default(),
                columns: vec![],
                campaigns: vec![],
                attributes: vec![],
                segments: vec![],
                figures: vec![],
                listed: None,
                explanations: Default::default(),
                coverage: Default::default(),
            },
            data: Dataset { tables },
            today: day("2026-11-21"),
        }
    }

    /// One table of one column.
    pub fn of(ty: ColumnType, cells: &[&str]) -> World {
        World::new(vec![table("row", vec![(ty, cells)])])
    }

    pub fn node(&mut self, node: Node, ty: Type) -> NodeId {
        self.plan.nodes.add(node, ty, Span::default())
    }

    pub fn field(&mut self, column: usize, ty: Type) -> NodeId {
        self.node(Node::Field(column), ty)
    }

    pub fn constant(&mut self, value: Value) -> NodeId {
        let ty = value.type_of();
        self.node(Node::Constant(value), ty)
    }

    pub fn integer(&mut self, n: i64) -> NodeId {
        self.constant(Value::Integer(n))
    }

    pub fn number(&mut self, s: &str) -> NodeId {
        self.constant(Value::Number(decimal(s)))
    }

    pub fn date(&mut self, s: &str) -> NodeId {
        self.constant(Value::Date(day(s)))
    }

    pub fn duration(&mut self, kind: DurationKind, n: i64) -> NodeId {
        self.constant(Value::Duration(kind, n))
    }

    pub fn compare(&mut self, left: NodeId, op: CompareOp, right: NodeId) -> NodeId {
        self.node(Node::Compare { op, left, right }, Type::YesNo)
    }

    pub fn arithmetic(&mut self, left: NodeId, op: ArithmeticOp, right: NodeId) -> NodeId {
        let ty = self.plan.nodes.ty(left);
        self.node(Node::Arithmetic { op, left, right }, ty)
    }

    pub fn aggregate(&mut self, holder: usize, aggregate: Aggregate) -> NodeId {
        let ty = aggregate.ty;
        self.plan.columns.push(ColumnDefinition::Aggregate {
            table: holder,
            aggregate,
        });
        self.node(
            Node::Column(ColumnId(self.plan.columns.len() as u32 - 1)),
            ty,
        )
    }

    pub fn clock(&self) -> Clock {
        let zone = Zone::new(&self.plan.zone).unwrap();
        Clock {
            opens: 0,
            today: self.today,
            now: zone.end_of(self.today),
        }
    }

    pub fn evaluator(&self) -> Result<Evaluator<'_>, EvalError> {
        Evaluator::new(&self.plan, &self.data, self.clock(), None)
    }

    /// The node's values of all rows of a table as texts; `-` where missing.
    pub fn texts_of(&self, table: usize, node: NodeId) -> Result<Vec<String>, EvalError> {
        let evaluator = self.evaluator()?;
        let rows = self.data.tables[table].rows;
        let vector = evaluator.eval(node, &Frame::range(table, 0, rows))?;
        let ty = self.plan.nodes.ty(node);
        let text = |row| evaluator.format_value(&vector, row, ty);
        let texts = (0..rows).map(|row| text(row).unwrap_or("-".into()));
        Ok(texts.collect())
    }

    /// Of the first table, separated by spaces.
    #[track_caller]
    pub fn check(&self, node: NodeId, expected: &str) {
        assert_eq!(self.texts_of(0, node).unwrap().join(" "), expected);
        self.check_by_indices(node, expected);
    }

    /// The same row by row, and backwards, must not make a difference.
    #[track_caller]
    fn check_by_indices(&self, node: NodeId, expected: &str) {
        let evaluator = self.evaluator().unwrap();
        let rows = self.data.tables[0].rows as u32;
        let ty = self.plan.nodes.ty(node);
        let backwards: Vec<u32> = (0..rows).rev().collect();
        let vector = evaluator
            .eval(node, &Frame::indices(0, &backwards))
            .unwrap();
        let text = |vector: &guanxi::vector::Vector<'_>, row| {
            evaluator
                .format_value(vector, row, ty)
                .unwrap_or("-".into())
        };
        let mut texts: Vec<String> = (0..rows as usize).map(|row| text(&vector, row)).collect();
        texts.reverse();
        assert_eq!(texts.join(" "), expected, "backwards");
        let alone = |row| text(&evaluator.eval(node, &Frame::range(0, row, 1)).unwrap(), 0);
        let texts: Vec<String> = (0..rows as usize).map(alone).collect();
        assert_eq!(texts.join(" "), expected, "one by one");
    }

    /// Which row fails.
    #[track_caller]
    pub fn fails(&self, node: NodeId) -> usize {
        self.texts_of(0, node).unwrap_err().row
    }
}

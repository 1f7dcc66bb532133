//! What the ledger holds, row by row: action lists, firings, runs.

use super::read::{day, fate};
use super::{Fault, Ledger, LedgerError, Writing, at};
use crate::ledger::Fate;
use crate::schema::{Currency, Day, Decimal};
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A line of an action list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAction {
    pub day: Day,
    pub campaign: String,
    pub rule: String,
    pub key: String,
    pub action: String,
    pub record: String,
    pub target: String,
    pub subject: String,
    pub variant: Option<String>,
    pub deliver_after: Option<String>,
    pub cost: Option<Decimal>,
    /// A JSON object.
    pub params: String,
}

/// A list that was written, or a day without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRun {
    pub workspace: String,
    pub day: Day,
    /// Relative to the ledger's folder, or absolute; `None`: nothing was written.
    pub out: Option<String>,
    pub done: u64,
    pub held_out: u64,
    pub adopted: u64,
    pub actions: u64,
    pub cost: Option<Decimal>,
    pub currency: Option<Currency>,
}

/// A rule that fired, or would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFiring {
    pub workspace: String,
    pub day: Day,
    pub campaign: String,
    pub rule: String,
    pub record: String,
    pub subject: String,
    pub fate: Fate,
    pub variant: Option<String>,
    pub actions: u64,
    pub cost: Option<Decimal>,
    pub currency: Option<Currency>,
}

/// An action with its firing; a firing that had none has no action's fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedLine {
    pub workspace: String,
    pub day: Day,
    pub campaign: String,
    pub rule: String,
    pub fate: Fate,
    pub subject_record: String,
    pub subject: String,
    pub variant: Option<String>,
    pub key: Option<String>,
    pub action: Option<String>,
    pub channel: Option<String>,
    pub record: Option<String>,
    pub target: Option<String>,
    pub deliver_after: Option<String>,
    pub cost: Option<Decimal>,
    /// An ISO 4217 code.
    pub currency: Option<String>,
    pub params: Option<String>,
}

/// Which firings; `None` for all.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub workspace: Option<String>,
    pub campaign: Option<String>,
    pub rule: Option<String>,
    pub subject: Option<String>,
    pub day: Option<Day>,
}

fn decimal(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Decimal>> {
    Ok(row
        .get::<_, Option<i64>>(column)?
        .map(|n| Decimal(n.into())))
}

fn currency(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Currency>> {
    let code: Option<String> = row.get(column)?;
    Ok(code.and_then(|c| Currency::from_code(&c)))
}

impl Writing<'_> {
    /// The lines of the lists of these days that went to this place, day by day, in their order. The currency
    /// is that of the workspace.
    pub fn list<E: From<LedgerError>>(
        &self,
        (workspace, out): (i64, &str),
        days: (Day, Day),
        sink: &mut dyn FnMut(&ListedAction) -> Result<(), E>,
    ) -> Result<(), E> {
        list(&self.transaction, (workspace, out), days, sink)
    }

    pub fn currency(&self, workspace: i64) -> Result<Option<Currency>, LedgerError> {
        let sql = "SELECT currency FROM workspace WHERE id = ?1";
        let found = self
            .transaction
            .query_row(sql, [workspace], |row| currency(row, 0))
            .optional()?;
        Ok(found.flatten())
    }
}

fn list<E: From<LedgerError>>(
    connection: &Connection,
    (workspace, out): (i64, &str),
    days: (Day, Day),
    sink: &mut dyn FnMut(&ListedAction) -> Result<(), E>,
) -> Result<(), E> {
    let bounds = (days.0.to_string(), days.1.to_string());
    let sql = "SELECT min(day) FROM run
         WHERE workspace = ?1 AND out = ?2 AND day BETWEEN ?3 AND ?4 AND pruned";
    let pruned: Option<String> = connection
        .query_row(sql, params![workspace, out, bounds.0, bounds.1], |row| {
            row.get(0)
        })
        .map_err(LedgerError::from)?;
    if let Some(day) = pruned {
        return Err(LedgerError::from(Fault::Pruned { day }).into());
    }
    let mut statement = connection
        .prepare(
            "SELECT r.day, f.campaign, f.rule, a.key, a.action, a.record, a.target, f.subject, f.variant,
               a.deliver_after, a.cost, a.params
             FROM run r JOIN firing f ON f.run = r.id JOIN action a ON a.firing = f.id
             WHERE r.workspace = ?1 AND r.out = ?2 AND r.day BETWEEN ?3 AND ?4 AND a.place IS NOT NULL
             ORDER BY r.day, a.place",
        )
        .map_err(LedgerError::from)?;
    let mut rows = statement
        .query(params![workspace, out, bounds.0, bounds.1])
        .map_err(LedgerError::from)?;
    while let Some(row) = rows.next().map_err(LedgerError::from)? {
        sink(&listed(row)?)?;
    }
    Ok(())
}

fn listed(row: &Row<'_>) -> Result<ListedAction, LedgerError> {
    Ok(ListedAction {
        day: day(&row.get::<_, String>(0)?)?,
        campaign: row.get(1)?,
        rule: row.get(2)?,
        key: row.get(3)?,
        action: row.get(4)?,
        record: row.get(5)?,
        target: row.get(6)?,
        subject: row.get(7)?,
        variant: row.get(8)?,
        deliver_after: row.get(9)?,
        cost: decimal(row, 10)?,
        params: row.get(11)?,
    })
}

impl Query {
    /// A condition on workspace `w`, run `r` and firing `f`, with its values.
    fn condition(&self) -> (String, Vec<String>) {
        let day = self.day.map(|d| d.to_string());
        let parts = [
            ("w.name", &self.workspace),
            ("f.campaign", &self.campaign),
            ("f.rule", &self.rule),
            ("f.subject", &self.subject),
            ("r.day", &day),
        ];
        let (mut sql, mut values) = (String::from("1"), Vec::new());
        for (column, value) in parts {
            if let Some(value) = value {
                values.push(value.clone());
                sql.push_str(&format!(" AND {column} = ?{}", values.len()));
            }
        }
        (sql, values)
    }
}

/// Takes a row; fails where it cannot be read, or as the reader's own sink does.
type RowSink<'s, E> = &'s mut dyn FnMut(&Row<'_>) -> Result<Result<(), E>, LedgerError>;

fn bound(values: &[String]) -> Vec<&dyn ToSql> {
    values.iter().map(|v| v as &dyn ToSql).collect()
}

impl Ledger {
    /// By workspace, day, then in the order in which they were made.
    pub fn runs(&self, workspace: Option<&str>) -> Result<Vec<ListedRun>, LedgerError> {
        runs(&self.connection, workspace).map_err(|e| at(&self.path, e))
    }

    /// By workspace, then in the order in which they came.
    pub fn firings<E: From<LedgerError>>(
        &self,
        query: &Query,
        sink: &mut dyn FnMut(&ListedFiring) -> Result<(), E>,
    ) -> Result<(), E> {
        let (condition, values) = query.condition();
        let sql = format!(
            "SELECT w.name, r.day, f.campaign, f.rule, f.subject_record, f.subject, f.fate, f.variant,
               (SELECT count(*) FROM action a WHERE a.firing = f.id),
               (SELECT sum(a.cost) FROM action a WHERE a.firing = f.id), w.currency
             FROM firing f JOIN run r ON r.id = f.run JOIN workspace w ON w.id = r.workspace
             WHERE {condition} ORDER BY w.name, f.id"
        );
        self.each(&sql, &values, &mut |row| {
            let firing = ListedFiring {
                workspace: row.get(0)?,
                day: day(&row.get::<_, String>(1)?)?,
                campaign: row.get(2)?,
                rule: row.get(3)?,
                record: row.get(4)?,
                subject: row.get(5)?,
                fate: fate(&row.get::<_, String>(6)?)?,
                variant: row.get(7)?,
                actions: row.get::<_, i64>(8)?.unsigned_abs(),
                cost: decimal(row, 9)?,
                currency: currency(row, 10)?,
            };
            Ok(sink(&firing))
        })
    }

    /// Everything, a line an action, or a firing without one; by workspace, then in the order in which they came.
    pub fn export<E: From<LedgerError>>(
        &self,
        query: &Query,
        sink: &mut dyn FnMut(&ExportedLine) -> Result<(), E>,
    ) -> Result<(), E> {
        let (condition, values) = query.condition();
        let sql = format!(
            "SELECT w.name, r.day, f.campaign, f.rule, f.fate, f.subject_record, f.subject, f.variant,
               a.key, a.action, a.channel, a.record, a.target, a.deliver_after, a.cost, w.currency, a.params
             FROM firing f JOIN run r ON r.id = f.run JOIN workspace w ON w.id = r.workspace
             LEFT JOIN action a ON a.firing = f.id
             WHERE {condition} ORDER BY w.name, f.id, a.id"
        );
        self.each(&sql, &values, &mut |row| {
            let line = ExportedLine {
                workspace: row.get(0)?,
                day: day(&row.get::<_, String>(1)?)?,
                campaign: row.get(2)?,
                rule: row.get(3)?,
                fate: fate(&row.get::<_, String>(4)?)?,
                subject_record: row.get(5)?,
                subject: row.get(6)?,
                variant: row.get(7)?,
                key: row.get(8)?,
                action: row.get(9)?,
                channel: row.get(10)?,
                record: row.get(11)?,
                target: row.get(12)?,
                deliver_after: row.get(13)?,
                cost: decimal(row, 14)?,
                currency: row.get(15)?,
                params: row.get(16)?,
            };
            Ok(sink(&line))
        })
    }

    /// The currencies of its workspaces.
    pub fn currencies(&self) -> Result<Vec<Currency>, LedgerError> {
        let found = || -> Result<Vec<_>, LedgerError> {
            let mut statement = self
                .connection
                .prepare("SELECT DISTINCT currency FROM workspace ORDER BY currency")?;
            let rows = statement.query_map([], |row| currency(row, 0))?;
            let all = rows.collect::<Result<Vec<_>, _>>()?;
            Ok(all.into_iter().flatten().collect())
        };
        found().map_err(|e| at(&self.path, e))
    }

    fn each<E: From<LedgerError>>(
        &self,
        sql: &str,
        values: &[String],
        sink: RowSink<'_, E>,
    ) -> Result<(), E> {
        let placed = |e: LedgerError| at(&self.path, e);
        let mut statement = self.connection.prepare(sql).map_err(|e| placed(e.into()))?;
        let mut rows = statement
            .query(&*bound(values))
            .map_err(|e| placed(e.into()))?;
        while let Some(row) = rows.next().map_err(|e| placed(e.into()))? {
            sink(row).map_err(placed)??;
        }
        Ok(())
    }
}

fn runs(connection: &Connection, workspace: Option<&str>) -> Result<Vec<ListedRun>, LedgerError> {
    let mut statement = connection.prepare(
        "SELECT w.name, r.day, r.out,
           count(DISTINCT f.id) FILTER (WHERE f.fate = 'done'),
           count(DISTINCT f.id) FILTER (WHERE f.fate = 'held out'),
           count(DISTINCT f.id) FILTER (WHERE f.fate = 'adopted'),
           count(a.id), sum(a.cost), w.currency
         FROM run r JOIN workspace w ON w.id = r.workspace
         LEFT JOIN firing f ON f.run = r.id LEFT JOIN action a ON a.firing = f.id
         WHERE ?1 IS NULL OR w.name = ?1
         GROUP BY r.id ORDER BY w.name, r.day, r.id",
    )?;
    let mut rows = statement.query([workspace])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let number = |column: usize| row.get::<_, i64>(column).map(i64::unsigned_abs);
        found.push(ListedRun {
            workspace: row.get(0)?,
            day: day(&row.get::<_, String>(1)?)?,
            out: row.get(2)?,
            done: number(3)?,
            held_out: number(4)?,
            adopted: number(5)?,
            actions: number(6)?,
            cost: decimal(row, 7)?,
            currency: currency(row, 8)?,
        });
    }
    Ok(found)
}

/// Every row of every table, each as one line.
pub fn dump(connection: &Connection) -> Result<String, LedgerError> {
    let mut tables =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names: Vec<String> = tables
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut out = String::new();
    for name in names {
        let mut columns = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let columns: Vec<String> = columns
            .query_map([&name], |row| row.get::<_, String>(0))?
            .map(|c| Ok(format!("quote(\"{}\")", c?)))
            .collect::<Result<_, rusqlite::Error>>()?;
        let sql = format!(
            "SELECT {} FROM \"{name}\" ORDER BY 1",
            columns.join(" || ', ' || ")
        );
        let mut rows = connection.prepare(&sql)?;
        for line in rows.query_map([], |row| row.get::<_, String>(0))? {
            out.push_str(&format!("{name}: {}\n", line?));
        }
    }
    Ok(out)
}

//! The rules, and the action list, sorted by campaign, rule and subject.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::Failure;
use crate::customers::{BIRTHDAY, Customers, REACHABLE, ZH};
use crate::facts::{Fact, Facts, MONTH, TODAY};

type Out = BufWriter<File>;

/// Rows for which a condition holds, in the order of their keys.
fn subjects(
    customers: &Customers,
    facts: &Facts,
    holds: impl Fn(u8, &Fact, usize) -> bool,
) -> Vec<usize> {
    let both = customers.flags.iter().zip(&facts.0).enumerate();
    let mut rows: Vec<usize> = both
        .filter(|(row, (flags, fact))| holds(**flags, fact, *row))
        .map(|(row, _)| row)
        .collect();
    rows.sort_unstable_by_key(|row| customers.keys[*row]);
    rows
}

pub fn write(path: &Path, customers: &Customers, facts: &Facts) -> Result<(), Failure> {
    let mut list = List {
        customers,
        out: BufWriter::with_capacity(1 << 18, File::create(path)?),
    };
    list.out
        .write_all(b"campaign,rule,action,target,subject,params\n")?;
    let reachable = |row: &usize| customers.flags[*row] & REACHABLE != 0;

    let platinum = |f: &Fact| f.spend_12m >= 400_000;
    for row in subjects(customers, facts, |c, f, _| c & BIRTHDAY != 0 && platinum(f)) {
        list.action("birthdays,flowers,send_gift", row, "bouquet")?;
        if reachable(&row) {
            list.action("birthdays,flowers,grant_points", row, "2000")?;
            list.card("birthdays,flowers,send_email", row, "2,000")?;
        }
    }
    let silver = |f: &Fact| f.spend_12m >= 50_000 && !platinum(f);
    for row in subjects(customers, facts, |c, f, _| c & BIRTHDAY != 0 && silver(f)) {
        if reachable(&row) {
            list.action("birthdays,greeting,grant_points", row, "500")?;
            list.card("birthdays,greeting,send_email", row, "500")?;
        }
    }
    let ware = |c: u8, f: &Fact, _| f.tea && !f.ware && c & REACHABLE != 0;
    for row in subjects(customers, facts, ware) {
        let texts = ("", ",好茶配好壶。", "", ", a good tea deserves a good pot.");
        list.message("cross_sell,ware,send_email", row, texts)?;
    }
    let reward = |_, f: &Fact, row| {
        let by = customers.referred_by[row];
        f.visits > 0 && f.first >= MONTH && by != 0 && by != customers.keys[row]
    };
    for row in subjects(customers, facts, reward) {
        let target = customers.referred_by[row];
        list.to("refer_a_friend,reward,grant_points", target, row)?;
        list.out.write_all(b"100\n")?;
    }
    for row in subjects(customers, facts, |_, f, _| f.spend_quarter >= 150_000) {
        list.action("thanks,high_spender,grant_points", row, "300")?;
    }
    let lapsed = |c: u8, f: &Fact, _| {
        let away = TODAY - 365..=TODAY - 180;
        let often = f.visits >= 3 && f.total >= 5_000 * i64::from(f.visits);
        often && away.contains(&f.last) && c & REACHABLE != 0
    };
    for row in subjects(customers, facts, lapsed) {
        let Fact { total, visits, .. } = facts.0[row];
        // A fifth of the average basket, rounded to whole units, half away from zero.
        let voucher = (total + 250 * i64::from(visits)) / (500 * i64::from(visits));
        let zh = format!(",好久不见!凭此信到店立减 ¥{voucher}.00。");
        let en = format!(". This letter is worth CN¥{voucher}.00.");
        let texts = ("", zh.as_str(), "It has been a while, ", en.as_str());
        list.message("win_back,lapsed,send_email", row, texts)?;
    }
    list.out.flush()?;
    Ok(())
}

struct List<'c> {
    customers: &'c Customers,
    out: Out,
}

impl List<'_> {
    fn to(&mut self, what: &str, target: u64, row: usize) -> std::io::Result<()> {
        for cell in [
            what.as_bytes(),
            &target.to_be_bytes(),
            &self.customers.keys[row].to_be_bytes(),
        ] {
            self.out.write_all(cell)?;
            self.out.write_all(b",")?;
        }
        Ok(())
    }

    fn action(&mut self, what: &str, row: usize, parameter: &str) -> std::io::Result<()> {
        self.to(what, self.customers.keys[row], row)?;
        writeln!(self.out, "{parameter}")
    }

    /// A text in the customer's language: what stands before and after the name, in Chinese and in English.
    fn message(
        &mut self,
        what: &str,
        row: usize,
        (zh_before, zh_after, en_before, en_after): (&str, &str, &str, &str),
    ) -> std::io::Result<()> {
        self.to(what, self.customers.keys[row], row)?;
        let zh = self.customers.flags[row] & ZH != 0;
        let (before, after) = if zh {
            (zh_before, zh_after)
        } else {
            (en_before, en_after)
        };
        write!(self.out, "\"{before}")?;
        self.out.write_all(self.customers.name(row))?;
        writeln!(self.out, "{after}\"")
    }

    fn card(&mut self, what: &str, row: usize, points: &str) -> std::io::Result<()> {
        let zh = format!(",生日快乐!{points} 积分已到账。");
        let en = format!("! {points} points are yours.");
        self.message(what, row, ("", &zh, "Happy birthday, ", &en))
    }
}

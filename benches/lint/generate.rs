//! Writes a workspace of 1,000 rules in 50 files, for timing `guanxi lint`: `generate-lint FOLDER`.
//!
//! Every rule has four conditions, over definitions, windows, a tier and a text, and two actions; rules of one
//! campaign overlap, as those of a real one do.

use std::fmt::Write;
use std::{env, fs, process};

const SHOP: &str = r#"workspace "Big Shop" {
  currency CNY
  time zone "Asia/Shanghai"
  leap day on 28 February
}

record customer from "customers" {
  id: text key
  name: text personal
  birthday: date optional personal
  joined: date
  city: text
  language: one of (zh, en) default zh
  email: text optional personal
  may_email: yes/no default no
  purchases: many purchase by customer
}

record purchase from "purchases" dated by bought_on {
  id: text key
  customer: customer
  bought_on: date
  amount: money
  category: one of (tea, ware, food, gift)
  refunded: yes/no default no
}

channel email for customer {
  needs email is known
  consent may_email
  at most 2 per 7 days
  quiet from 21:00 to 09:00
}

action send_email(body: message) for customer on email costs 0.02 CNY

action grant_points(points: integer, expires: date) for customer costs points * 0.01 CNY

define spend_12m for customer = sum of purchases.amount in last 12 months where not refunded

define last_visit for customer = latest of purchases.bought_on where not refunded

tiers membership for customer by spend_12m {
  bronze from 0 CNY
  silver from 1_000 CNY
  gold   from 5_000 CNY
}
"#;

const CATEGORIES: [&str; 4] = ["tea", "ware", "food", "gift"];

/// Two campaigns a file, the rules shared out so that 49 files have 1,000.
fn file(place: usize) -> String {
    let mut text = String::new();
    for n in [2 * place, 2 * place + 1] {
        let rules = if n < 20 { 11 } else { 10 };
        let (days, least) = (30 + n, 20 + n);
        let category = CATEGORIES[n % 4];
        let _ = write!(
            text,
            r#"message letter_no_{n} for customer by language {{
  zh "{{name}}，您好。"
  en "Dear {{name}}, a letter."
}}

define baskets_no_{n} for customer =
  count of purchases in last {days} days where amount >= {least} CNY and category = {category} and not refunded

campaign campaign_no_{n} "Campaign {n}" for customer {{
  goal "More baskets"
  owner "CRM team"
  runs from 2026-01-01 to 2026-12-31
  priority {n}
  budget 1_000 CNY per calendar month
  at most 2 per calendar month
"#
        );
        for r in 0..rules {
            let (from, least, most) = (10 + 7 * (n + r) % 390, r + 1, r + 4);
            let who = match r % 2 {
                0 => "membership >= silver".to_owned(),
                _ => format!("city = \"City {n}\""),
            };
            let when = match r % 3 {
                0 => "anniversary of birthday in next 7 days".to_owned(),
                _ => format!("joined in last {} months", 12 + r),
            };
            let (to, again, points) = (from + 30, 30 + r, 100 + r);
            let _ = write!(
                text,
                r#"
  rule step_no_{r} {{
    because "Step {r} of {n}"
    when all of (
      baskets_no_{n} between {least} and {most},
      days since last_visit between {from} and {to},
      {who},
      {when},
    )
    again after {again} days
    then send_email(letter_no_{n}) and grant_points({points}, expires: today + 90 days)
  }}
"#
            );
        }
        text.push_str("}\n\n");
    }
    text.trim_end().to_owned() + "\n"
}

fn main() -> std::io::Result<()> {
    let Some(folder) = env::args().nth(1) else {
        eprintln!("name the folder to write to");
        process::exit(2);
    };
    let folder = std::path::Path::new(&folder);
    fs::create_dir_all(folder)?;
    fs::write(folder.join("shop.rules"), SHOP)?;
    for place in 0..49 {
        fs::write(
            folder.join(format!("campaigns_{place:02}.rules")),
            file(place),
        )?;
    }
    Ok(())
}

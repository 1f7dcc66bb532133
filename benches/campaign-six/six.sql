with clock as (select date '2026-11-21' as today),
kept as (
  select customer, bought_on, amount, category
  from $purchases, clock
  where bought_on <= today and not ($refunded)
),
facts as (
  select
    customer,
    sum(amount) filter (where bought_on > today - interval 12 month) as spend_12m,
    sum(amount) filter (where bought_on >= date_trunc('quarter', today)) as spend_quarter,
    min(bought_on) as first_purchase,
    max(bought_on) as last_visit,
    sum(amount) as total,
    count(*) as visits,
    coalesce(bool_or(category = 'tea' and bought_on > today - 30), false) as bought_tea,
    not coalesce(bool_or(category = 'ware'), false) as never_ware
  from kept, clock
  group by customer
),
people as (
  select
    c.id, c.name, c.birthday, c.language, c.referred_by,
    c.email is not null and $may_email as reachable,
    coalesce(f.spend_12m, 0) as spend_12m,
    coalesce(f.spend_quarter, 0) as spend_quarter,
    f.first_purchase, f.last_visit, coalesce(f.visits, 0) as visits,
    -- The average keeps nine decimals, rounded once, as the language has it.
    (f.total * 1000000000 / f.visits) as average_billionths,
    coalesce(f.bought_tea, false) as bought_tea,
    coalesce(f.never_ware, true) as never_ware,
    (month(c.birthday) = 11 and day(c.birthday) = 21) as birthday_today
  from $customers c left join facts f on f.customer = c.id
),
flowers as (select * from people where birthday_today and spend_12m >= 4000),
greeting as (select * from people where birthday_today and spend_12m >= 500 and not (spend_12m >= 4000)),
lapsed as (
  select *, cast(round(average_billionths * 0.2 / 1000000000.0) as integer) as voucher
  from people, clock
  where visits >= 3 and today - last_visit between 180 and 365 and average_billionths >= 50000000000
)
select 'birthdays' as campaign, 'greeting' as rule, 'grant_points' as action, id as target, id as subject, '500' as params
from greeting where reachable
union all
select 'birthdays', 'greeting', 'send_email', id, id,
  case language when 'zh' then name || ',生日快乐!500 积分已到账。' else 'Happy birthday, ' || name || '! 500 points are yours.' end
from greeting where reachable
union all
select 'birthdays', 'flowers', 'send_gift', id, id, 'bouquet' from flowers
union all
select 'birthdays', 'flowers', 'grant_points', id, id, '2000' from flowers where reachable
union all
select 'birthdays', 'flowers', 'send_email', id, id,
  case language when 'zh' then name || ',生日快乐!2,000 积分已到账。' else 'Happy birthday, ' || name || '! 2,000 points are yours.' end
from flowers where reachable
union all
select 'win_back', 'lapsed', 'send_email', id, id,
  case language when 'zh' then name || ',好久不见!凭此信到店立减 ¥' || voucher || '.00。' else 'It has been a while, ' || name || '. This letter is worth CN¥' || voucher || '.00.' end
from lapsed where reachable
union all
select 'thanks', 'high_spender', 'grant_points', id, id, '300' from people where spend_quarter >= 1500
union all
select 'refer_a_friend', 'reward', 'grant_points', referred_by, id, '100'
from people, clock where referred_by is not null and referred_by <> id and first_purchase > today - 30
union all
select 'cross_sell', 'ware', 'send_email', id, id,
  case language when 'zh' then name || ',好茶配好壶。' else name || ', a good tea deserves a good pot.' end
from people where bought_tea and never_ware and reachable
order by campaign, rule, subject

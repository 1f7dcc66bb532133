create temporary table people as
with facts as (
  select
    customer,
    sum(amount) filter (where bought_on > date '2025-11-21') as spend_12m,
    sum(amount) filter (where bought_on >= date '2026-10-01') as spend_quarter,
    min(bought_on) as first_purchase,
    max(bought_on) as last_visit,
    sum(amount) as total,
    count(*) as visits,
    coalesce(bool_or(category = 'tea' and bought_on > date '2026-10-22'), false) as bought_tea,
    not coalesce(bool_or(category = 'ware'), false) as never_ware
  from purchases
  where bought_on <= date '2026-11-21' and not ($refunded)
  group by customer
)
select
  c.id, c.name, c.language, c.referred_by,
  c.email is not null and $may_email as reachable,
  coalesce(f.spend_12m, 0) as spend_12m,
  coalesce(f.spend_quarter, 0) as spend_quarter,
  f.first_purchase, f.last_visit,
  coalesce(f.visits, 0) as visits,
  cast(f.total * 100 as bigint) as cents,
  coalesce(f.bought_tea, false) as bought_tea,
  coalesce(f.never_ware, true) as never_ware,
  date_part('month', c.birthday) = 11 and date_part('day', c.birthday) = 21 as birthday_today
from customers c left join facts f on f.customer = c.id;

with flowers as (select * from people where birthday_today and spend_12m >= 4000),
greeting as (select * from people where birthday_today and spend_12m >= 500 and not (spend_12m >= 4000)),
lapsed as (
  -- A fifth of the average basket, rounded to whole units, half away from zero.
  select *, cast(floor((cents + 250 * visits) / (500e0 * visits)) as bigint) as voucher
  from people
  where visits >= 3 and last_visit between date '2025-11-21' and date '2026-05-25' and cents >= 5000 * visits
)
select 'birthdays' as campaign, 'greeting' as rule, 'grant_points' as action, id as target, id as subject, '500' as params
from greeting where reachable
union all
select 'birthdays' as campaign, 'greeting' as rule, 'send_email' as action, id as target, id as subject,
  case language when 'zh' then name || ',生日快乐!500 积分已到账。' else 'Happy birthday, ' || name || '! 500 points are yours.' end as params
from greeting where reachable
union all
select 'birthdays' as campaign, 'flowers' as rule, 'send_gift' as action, id as target, id as subject, 'bouquet' as params from flowers
union all
select 'birthdays' as campaign, 'flowers' as rule, 'grant_points' as action, id as target, id as subject, '2000' as params from flowers where reachable
union all
select 'birthdays' as campaign, 'flowers' as rule, 'send_email' as action, id as target, id as subject,
  case language when 'zh' then name || ',生日快乐!2,000 积分已到账。' else 'Happy birthday, ' || name || '! 2,000 points are yours.' end as params
from flowers where reachable
union all
select 'win_back' as campaign, 'lapsed' as rule, 'send_email' as action, id as target, id as subject,
  case language when 'zh' then name || ',好久不见!凭此信到店立减 ¥' || voucher || '.00。' else 'It has been a while, ' || name || '. This letter is worth CN¥' || voucher || '.00.' end as params
from lapsed where reachable
union all
select 'thanks' as campaign, 'high_spender' as rule, 'grant_points' as action, id as target, id as subject, '300' as params from people where spend_quarter >= 1500
union all
select 'refer_a_friend' as campaign, 'reward' as rule, 'grant_points' as action, referred_by as target, id as subject, '100' as params
from people where referred_by is not null and referred_by <> id and first_purchase > date '2026-10-22'
union all
select 'cross_sell' as campaign, 'ware' as rule, 'send_email' as action, id as target, id as subject,
  case language when 'zh' then name || ',好茶配好壶。' else name || ', a good tea deserves a good pot.' end as params
from people where bought_tea and never_ware and reachable
order by campaign, rule, subject

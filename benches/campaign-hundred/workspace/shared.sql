create table people as
select c.id, c.joined, c.city, c.language, c.may_email, coalesce(spend_7d, 0) as spend_7d, coalesce(spend_60d, 0) as spend_60d, coalesce(visits_60d, 0) as visits_60d, coalesce(spend_90d, 0) as spend_90d, coalesce(visits_90d, 0) as visits_90d, coalesce(spend_180d, 0) as spend_180d, coalesce(visits_180d, 0) as visits_180d, coalesce(spend_365d, 0) as spend_365d, coalesce(visits_365d, 0) as visits_365d, coalesce(spend_this_month, 0) as spend_this_month, coalesce(visits_this_month, 0) as visits_this_month, coalesce(spend_this_quarter, 0) as spend_this_quarter, coalesce(visits_this_quarter, 0) as visits_this_quarter, coalesce(spend_this_year, 0) as spend_this_year, coalesce(visits_this_year, 0) as visits_this_year, coalesce(tea_spend_365d, 0) as tea_spend_365d, coalesce(ware_spend_365d, 0) as ware_spend_365d, coalesce(food_spend_365d, 0) as food_spend_365d, coalesce(book_spend_365d, 0) as book_spend_365d, coalesce(tasting_spend_365d, 0) as tasting_spend_365d, coalesce(flower_spend_365d, 0) as flower_spend_365d, coalesce(paper_spend_365d, 0) as paper_spend_365d, coalesce(tea_visits_90d, 0) as tea_visits_90d, coalesce(ware_visits_90d, 0) as ware_visits_90d, coalesce(food_visits_90d, 0) as food_visits_90d, coalesce(incense_visits_90d, 0) as incense_visits_90d, coalesce(textile_visits_90d, 0) as textile_visits_90d, coalesce(refunds_30d, 0) as refunds_30d, coalesce(refunds_90d, 0) as refunds_90d, coalesce(refunds_365d, 0) as refunds_365d, coalesce(refunded_365d, 0) as refunded_365d, coalesce(baskets_365d, 0) as baskets_365d, average_basket, average_90d, average_365d, last_visit, first_visit, last_tea, last_ware, last_travel, last_class, coalesce(bought_tea_30d, 0) as bought_tea_30d, coalesce(bought_gift_60d, 0) as bought_gift_60d, coalesce(bought_flower_180d, 0) as bought_flower_180d, coalesce(bought_tasting_365d, 0) as bought_tasting_365d, coalesce(never_ware, 0) as never_ware, coalesce(never_book, 0) as never_book, coalesce(never_incense, 0) as never_incense, coalesce(never_travel, 0) as never_travel, coalesce(never_paper, 0) as never_paper
from customers c left join (
  select
    customer,
    sum(amount) filter (where bought_on >= date '2026-11-15' and not ($refunded)) as spend_7d,
    sum(amount) filter (where bought_on >= date '2026-09-23' and not ($refunded)) as spend_60d,
    count(*) filter (where bought_on >= date '2026-09-23' and not ($refunded)) as visits_60d,
    sum(amount) filter (where bought_on >= date '2026-08-24' and not ($refunded)) as spend_90d,
    count(*) filter (where bought_on >= date '2026-08-24' and not ($refunded)) as visits_90d,
    sum(amount) filter (where bought_on >= date '2026-05-26' and not ($refunded)) as spend_180d,
    count(*) filter (where bought_on >= date '2026-05-26' and not ($refunded)) as visits_180d,
    sum(amount) filter (where bought_on >= date '2025-11-22' and not ($refunded)) as spend_365d,
    count(*) filter (where bought_on >= date '2025-11-22' and not ($refunded)) as visits_365d,
    sum(amount) filter (where bought_on >= date '2026-11-01' and not ($refunded)) as spend_this_month,
    count(*) filter (where bought_on >= date '2026-11-01' and not ($refunded)) as visits_this_month,
    sum(amount) filter (where bought_on >= date '2026-10-01' and not ($refunded)) as spend_this_quarter,
    count(*) filter (where bought_on >= date '2026-10-01' and not ($refunded)) as visits_this_quarter,
    sum(amount) filter (where bought_on >= date '2026-01-01' and not ($refunded)) as spend_this_year,
    count(*) filter (where bought_on >= date '2026-01-01' and not ($refunded)) as visits_this_year,
    sum(amount) filter (where bought_on >= date '2025-11-22' and category = 'tea' and not ($refunded)) as tea_spend_365d,
    sum(amount) filter (where bought_on >= date '2025-11-22' and category = 'ware' and not ($refunded)) as ware_spend_365d,
    sum(amount) filter (where bought_on >= date '2025-11-22' and category = 'food' and not ($refunded)) as food_spend_365d,
    sum(amount) filter (where bought_on >= date '2025-11-22' and category = 'book' and not ($refunded)) as book_spend_365d,
    sum(amount) filter (where bought_on >= date '2025-11-22' and category = 'tasting' and not ($refunded)) as tasting_spend_365d,
    sum(amount) filter (where bought_on >= date '2025-11-22' and category = 'flower' and not ($refunded)) as flower_spend_365d,
    sum(amount) filter (where bought_on >= date '2025-11-22' and category = 'paper' and not ($refunded)) as paper_spend_365d,
    count(*) filter (where bought_on >= date '2026-08-24' and category = 'tea' and not ($refunded)) as tea_visits_90d,
    count(*) filter (where bought_on >= date '2026-08-24' and category = 'ware' and not ($refunded)) as ware_visits_90d,
    count(*) filter (where bought_on >= date '2026-08-24' and category = 'food' and not ($refunded)) as food_visits_90d,
    count(*) filter (where bought_on >= date '2026-08-24' and category = 'incense' and not ($refunded)) as incense_visits_90d,
    count(*) filter (where bought_on >= date '2026-08-24' and category = 'textile' and not ($refunded)) as textile_visits_90d,
    count(*) filter (where bought_on >= date '2026-10-23' and ($refunded)) as refunds_30d,
    count(*) filter (where bought_on >= date '2026-08-24' and ($refunded)) as refunds_90d,
    count(*) filter (where bought_on >= date '2025-11-22' and ($refunded)) as refunds_365d,
    sum(amount) filter (where bought_on >= date '2025-11-22' and ($refunded)) as refunded_365d,
    count(*) filter (where bought_on >= date '2025-11-22') as baskets_365d,
    avg(amount) filter (where not ($refunded)) as average_basket,
    avg(amount) filter (where bought_on >= date '2026-08-24' and not ($refunded)) as average_90d,
    avg(amount) filter (where bought_on >= date '2025-11-22' and not ($refunded)) as average_365d,
    max(bought_on) filter (where not ($refunded)) as last_visit,
    min(bought_on) filter (where not ($refunded)) as first_visit,
    max(bought_on) filter (where category = 'tea' and not ($refunded)) as last_tea,
    max(bought_on) filter (where category = 'ware' and not ($refunded)) as last_ware,
    max(bought_on) filter (where category = 'travel' and not ($refunded)) as last_travel,
    max(bought_on) filter (where category = 'class' and not ($refunded)) as last_class,
    count(*) filter (where bought_on >= date '2026-10-23' and category = 'tea' and not ($refunded)) as bought_tea_30d,
    count(*) filter (where bought_on >= date '2026-09-23' and category = 'gift' and not ($refunded)) as bought_gift_60d,
    count(*) filter (where bought_on >= date '2026-05-26' and category = 'flower' and not ($refunded)) as bought_flower_180d,
    count(*) filter (where bought_on >= date '2025-11-22' and category = 'tasting' and not ($refunded)) as bought_tasting_365d,
    count(*) filter (where category = 'ware' and not ($refunded)) as never_ware,
    count(*) filter (where category = 'book' and not ($refunded)) as never_book,
    count(*) filter (where category = 'incense' and not ($refunded)) as never_incense,
    count(*) filter (where category = 'travel' and not ($refunded)) as never_travel,
    count(*) filter (where category = 'paper' and not ($refunded)) as never_paper
  from purchases
  where bought_on <= date '2026-11-21'
  group by customer
) f on f.customer = c.id;

select 'campaign_000' as campaign, 'rule_0000' as rule, 'grant_points' as action, id as target, id as subject, '370' as params
from people
where visits_60d >= 4 and spend_this_month >= 100 and language = 'zh'
union all
select 'campaign_000' as campaign, 'rule_0001' as rule, 'grant_points' as action, id as target, id as subject, '270' as params
from people
where first_visit between date '2026-09-29' and date '2026-10-07' and average_90d >= 70 and language = 'en'
union all
select 'campaign_000' as campaign, 'rule_0002' as rule, 'grant_points' as action, id as target, id as subject, '200' as params
from people
where spend_7d >= 300 and visits_this_year >= 1
union all
select 'campaign_000' as campaign, 'rule_0003' as rule, 'grant_points' as action, id as target, id as subject, '270' as params
from people
where (tea_spend_365d >= 200 and last_tea between date '2026-07-24' and date '2026-11-21') and (spend_365d >= 500 and spend_365d < 2000) and ($may_email)
union all
select 'campaign_000' as campaign, 'rule_0004' as rule, 'grant_points' as action, id as target, id as subject, '20' as params
from people
where incense_visits_90d >= 2 and bought_flower_180d > 0
union all
select 'campaign_000' as campaign, 'rule_0005' as rule, 'grant_points' as action, id as target, id as subject, '250' as params
from people
where (visits_90d >= 2 and visits_365d >= 5) and never_book = 0 and city in ('Chengdu', 'Guangzhou', 'Shanghai')
union all
select 'campaign_000' as campaign, 'rule_0006' as rule, 'grant_points' as action, id as target, id as subject, '440' as params
from people
where textile_visits_90d >= 2 and visits_180d >= 2 and language = 'en'
union all
select 'campaign_000' as campaign, 'rule_0007' as rule, 'grant_points' as action, id as target, id as subject, '360' as params
from people
where spend_180d >= 2200 and visits_180d >= 1 and joined between date '2024-12-21' and date '2026-11-21'
union all
select 'campaign_000' as campaign, 'rule_0008' as rule, 'grant_points' as action, id as target, id as subject, '340' as params
from people
where food_visits_90d >= 2 and spend_this_quarter >= 200 and city in ('Beijing', 'Chengdu', 'Shenzhen', 'Suzhou')
union all
select 'campaign_000' as campaign, 'rule_0009' as rule, 'grant_points' as action, id as target, id as subject, '130' as params
from people
where food_visits_90d >= 2 and baskets_365d >= 3 and language = 'en'
union all
select 'campaign_001' as campaign, 'rule_0010' as rule, 'grant_points' as action, id as target, id as subject, '220' as params
from people
where (visits_90d >= 2 and visits_365d >= 5) and baskets_365d >= 3
union all
select 'campaign_001' as campaign, 'rule_0011' as rule, 'grant_points' as action, id as target, id as subject, '170' as params
from people
where visits_90d >= 3 and visits_this_year >= 1
union all
select 'campaign_001' as campaign, 'rule_0012' as rule, 'grant_points' as action, id as target, id as subject, '200' as params
from people
where spend_180d >= 2400 and spend_this_quarter >= 200 and ($may_email)
union all
select 'campaign_001' as campaign, 'rule_0013' as rule, 'grant_points' as action, id as target, id as subject, '300' as params
from people
where refunds_90d >= 1 and baskets_365d >= 3 and language = 'en'
union all
select 'campaign_001' as campaign, 'rule_0014' as rule, 'grant_points' as action, id as target, id as subject, '160' as params
from people
where (visits_365d >= 1 and last_visit between date '2025-11-22' and date '2026-05-25') and spend_this_quarter >= 100 and city in ('Hangzhou', 'Nanjing', 'Shanghai', 'Xiamen')
union all
select 'campaign_001' as campaign, 'rule_0015' as rule, 'grant_points' as action, id as target, id as subject, '170' as params
from people
where last_ware between date '2026-11-11' and date '2026-11-21' and spend_365d >= 4000 and joined between date '2019-12-23' and date '2021-11-22'
union all
select 'campaign_001' as campaign, 'rule_0016' as rule, 'grant_points' as action, id as target, id as subject, '380' as params
from people
where food_visits_90d >= 2 and never_ware = 0 and city in ('Shanghai', 'Suzhou', 'Xiamen')
union all
select 'campaign_001' as campaign, 'rule_0017' as rule, 'grant_points' as action, id as target, id as subject, '370' as params
from people
where spend_60d >= 1400 and baskets_365d >= 3 and joined between date '2023-12-22' and date '2025-11-21'
union all
select 'campaign_001' as campaign, 'rule_0018' as rule, 'grant_points' as action, id as target, id as subject, '380' as params
from people
where ware_visits_90d >= 2 and bought_flower_180d > 0 and city in ('Chengdu', 'Suzhou', 'Xiamen')
union all
select 'campaign_001' as campaign, 'rule_0019' as rule, 'grant_points' as action, id as target, id as subject, '360' as params
from people
where (first_visit between date '2026-09-22' and date '2026-11-21' and visits_60d >= 1) and (spend_365d >= 500 and spend_365d < 2000) and language = 'en'
union all
select 'campaign_002' as campaign, 'rule_0020' as rule, 'grant_points' as action, id as target, id as subject, '280' as params
from people
where last_tea between date '2026-05-10' and date '2026-05-25' and never_travel = 0
union all
select 'campaign_002' as campaign, 'rule_0021' as rule, 'grant_points' as action, id as target, id as subject, '420' as params
from people
where visits_this_year >= 7 and spend_365d >= 4000 and ($may_email)
union all
select 'campaign_002' as campaign, 'rule_0022' as rule, 'grant_points' as action, id as target, id as subject, '50' as params
from people
where spend_180d >= 2000 and spend_365d >= 500
union all
select 'campaign_002' as campaign, 'rule_0023' as rule, 'grant_points' as action, id as target, id as subject, '450' as params
from people
where paper_spend_365d >= 750 and never_ware = 0 and city in ('Hangzhou', 'Nanjing', 'Shanghai', 'Xiamen')
union all
select 'campaign_002' as campaign, 'rule_0024' as rule, 'grant_points' as action, id as target, id as subject, '400' as params
from people
where visits_180d >= 5 and visits_this_year >= 1
union all
select 'campaign_002' as campaign, 'rule_0025' as rule, 'grant_points' as action, id as target, id as subject, '290' as params
from people
where textile_visits_90d >= 2 and spend_365d >= 500 and ($may_email)
union all
select 'campaign_002' as campaign, 'rule_0026' as rule, 'grant_points' as action, id as target, id as subject, '290' as params
from people
where (visits_90d >= 2 and visits_365d >= 5) and (spend_365d >= 500 and spend_365d < 2000)
union all
select 'campaign_002' as campaign, 'rule_0027' as rule, 'grant_points' as action, id as target, id as subject, '70' as params
from people
where visits_60d >= 4 and spend_this_year >= 50
union all
select 'campaign_002' as campaign, 'rule_0028' as rule, 'grant_points' as action, id as target, id as subject, '490' as params
from people
where visits_this_year >= 8 and never_incense = 0 and language = 'en'
union all
select 'campaign_002' as campaign, 'rule_0029' as rule, 'grant_points' as action, id as target, id as subject, '30' as params
from people
where spend_60d >= 1000 and spend_this_month >= 200 and city in ('Hangzhou', 'Wuhan', 'Xiamen')
union all
select 'campaign_003' as campaign, 'rule_0030' as rule, 'grant_points' as action, id as target, id as subject, '480' as params
from people
where food_visits_90d >= 2 and never_incense = 0
union all
select 'campaign_003' as campaign, 'rule_0031' as rule, 'grant_points' as action, id as target, id as subject, '300' as params
from people
where tea_visits_90d >= 2 and spend_this_year >= 200 and city in ('Beijing', 'Chengdu', 'Guangzhou', 'Xiamen')
union all
select 'campaign_003' as campaign, 'rule_0032' as rule, 'grant_points' as action, id as target, id as subject, '250' as params
from people
where spend_7d >= 300 and baskets_365d >= 3 and language = 'zh'
union all
select 'campaign_003' as campaign, 'rule_0033' as rule, 'grant_points' as action, id as target, id as subject, '450' as params
from people
where textile_visits_90d >= 2 and refunds_365d <= 1 and language = 'zh'
union all
select 'campaign_003' as campaign, 'rule_0034' as rule, 'grant_points' as action, id as target, id as subject, '420' as params
from people
where food_spend_365d >= 850 and never_paper = 0 and city in ('Guangzhou', 'Nanjing', 'Shenzhen', 'Suzhou')
union all
select 'campaign_003' as campaign, 'rule_0035' as rule, 'grant_points' as action, id as target, id as subject, '380' as params
from people
where (visits_365d >= 1 and last_visit between date '2025-11-22' and date '2026-05-25') and never_travel = 0 and language = 'en'
union all
select 'campaign_003' as campaign, 'rule_0036' as rule, 'grant_points' as action, id as target, id as subject, '30' as params
from people
where incense_visits_90d >= 2 and spend_365d >= 2000
union all
select 'campaign_003' as campaign, 'rule_0037' as rule, 'grant_points' as action, id as target, id as subject, '460' as params
from people
where food_visits_90d >= 2 and bought_gift_60d > 0 and language = 'en'
union all
select 'campaign_003' as campaign, 'rule_0038' as rule, 'grant_points' as action, id as target, id as subject, '120' as params
from people
where ware_visits_90d >= 2 and visits_180d >= 1 and joined between date '2023-12-22' and date '2025-11-21'
union all
select 'campaign_003' as campaign, 'rule_0039' as rule, 'grant_points' as action, id as target, id as subject, '220' as params
from people
where spend_180d >= 2200 and never_paper = 0
union all
select 'campaign_004' as campaign, 'rule_0040' as rule, 'grant_points' as action, id as target, id as subject, '430' as params
from people
where (refunds_365d >= 1 and baskets_365d >= 4) and average_365d >= 80
union all
select 'campaign_004' as campaign, 'rule_0041' as rule, 'grant_points' as action, id as target, id as subject, '260' as params
from people
where (refunds_365d >= 1 and baskets_365d >= 4) and bought_tasting_365d > 0 and city in ('Hangzhou', 'Shenzhen', 'Wuhan')
union all
select 'campaign_004' as campaign, 'rule_0042' as rule, 'grant_points' as action, id as target, id as subject, '330' as params
from people
where (first_visit between date '2026-09-22' and date '2026-11-21' and visits_60d >= 1) and (spend_365d >= 2000 and spend_365d < 4000) and city in ('Chengdu', 'Suzhou', 'Xiamen')
union all
select 'campaign_004' as campaign, 'rule_0043' as rule, 'grant_points' as action, id as target, id as subject, '420' as params
from people
where visits_60d >= 4 and spend_this_quarter >= 50 and joined between date '2019-12-23' and date '2021-11-22'
union all
select 'campaign_004' as campaign, 'rule_0044' as rule, 'grant_points' as action, id as target, id as subject, '60' as params
from people
where food_spend_365d >= 350 and average_basket >= 80 and language = 'en'
union all
select 'campaign_004' as campaign, 'rule_0045' as rule, 'grant_points' as action, id as target, id as subject, '290' as params
from people
where textile_visits_90d >= 2 and average_90d >= 50
union all
select 'campaign_004' as campaign, 'rule_0046' as rule, 'grant_points' as action, id as target, id as subject, '400' as params
from people
where spend_60d >= 1200 and spend_this_month >= 100 and language = 'en'
union all
select 'campaign_004' as campaign, 'rule_0047' as rule, 'grant_points' as action, id as target, id as subject, '10' as params
from people
where (visits_365d >= 1 and last_visit between date '2025-11-22' and date '2026-05-25') and bought_tasting_365d > 0 and ($may_email)
union all
select 'campaign_004' as campaign, 'rule_0048' as rule, 'grant_points' as action, id as target, id as subject, '450' as params
from people
where tasting_spend_365d >= 750 and bought_flower_180d > 0 and city in ('Beijing', 'Guangzhou', 'Nanjing', 'Shenzhen')
union all
select 'campaign_004' as campaign, 'rule_0049' as rule, 'grant_points' as action, id as target, id as subject, '180' as params
from people
where last_travel between date '2026-08-14' and date '2026-08-23' and (spend_365d >= 2000 and spend_365d < 4000)
union all
select 'campaign_005' as campaign, 'rule_0050' as rule, 'grant_points' as action, id as target, id as subject, '360' as params
from people
where tea_visits_90d >= 2 and bought_gift_60d > 0 and language = 'zh'
union all
select 'campaign_005' as campaign, 'rule_0051' as rule, 'grant_points' as action, id as target, id as subject, '80' as params
from people
where ware_spend_365d >= 800 and average_basket >= 90 and language = 'zh'
union all
select 'campaign_005' as campaign, 'rule_0052' as rule, 'grant_points' as action, id as target, id as subject, '200' as params
from people
where refunded_365d >= 150 and visits_this_quarter >= 2 and city in ('Beijing', 'Chengdu', 'Hangzhou', 'Xiamen')
union all
select 'campaign_005' as campaign, 'rule_0053' as rule, 'grant_points' as action, id as target, id as subject, '10' as params
from people
where (visits_365d >= 1 and last_visit between date '2025-11-22' and date '2026-05-25') and baskets_365d >= 3
union all
select 'campaign_005' as campaign, 'rule_0054' as rule, 'grant_points' as action, id as target, id as subject, '170' as params
from people
where last_travel between date '2026-09-25' and date '2026-10-07' and bought_flower_180d > 0 and joined between date '2023-12-22' and date '2025-11-21'
union all
select 'campaign_005' as campaign, 'rule_0055' as rule, 'grant_points' as action, id as target, id as subject, '460' as params
from people
where refunds_30d >= 1 and visits_180d >= 1 and city in ('Hangzhou', 'Shenzhen', 'Wuhan')
union all
select 'campaign_005' as campaign, 'rule_0056' as rule, 'grant_points' as action, id as target, id as subject, '80' as params
from people
where (refunds_365d >= 1 and baskets_365d >= 4) and baskets_365d >= 3 and ($may_email)
union all
select 'campaign_005' as campaign, 'rule_0057' as rule, 'grant_points' as action, id as target, id as subject, '350' as params
from people
where paper_spend_365d >= 750 and spend_this_quarter >= 50 and language = 'zh'
union all
select 'campaign_005' as campaign, 'rule_0058' as rule, 'grant_points' as action, id as target, id as subject, '180' as params
from people
where spend_180d >= 2500 and average_90d >= 90 and language = 'zh'
union all
select 'campaign_005' as campaign, 'rule_0059' as rule, 'grant_points' as action, id as target, id as subject, '470' as params
from people
where last_visit between date '2026-08-15' and date '2026-08-23' and visits_this_year >= 1 and ($may_email)
union all
select 'campaign_006' as campaign, 'rule_0060' as rule, 'grant_points' as action, id as target, id as subject, '260' as params
from people
where first_visit between date '2026-10-09' and date '2026-10-22' and baskets_365d >= 3
union all
select 'campaign_006' as campaign, 'rule_0061' as rule, 'grant_points' as action, id as target, id as subject, '500' as params
from people
where (visits_90d >= 2 and visits_365d >= 5) and never_book = 0 and ($may_email)
union all
select 'campaign_006' as campaign, 'rule_0062' as rule, 'grant_points' as action, id as target, id as subject, '420' as params
from people
where flower_spend_365d >= 500 and never_book = 0 and joined between date '2024-12-21' and date '2026-11-21'
union all
select 'campaign_006' as campaign, 'rule_0063' as rule, 'grant_points' as action, id as target, id as subject, '110' as params
from people
where last_ware between date '2025-11-12' and date '2025-11-21' and never_travel = 0 and ($may_email)
union all
select 'campaign_006' as campaign, 'rule_0064' as rule, 'grant_points' as action, id as target, id as subject, '130' as params
from people
where (tea_spend_365d >= 200 and last_tea between date '2026-07-24' and date '2026-11-21') and average_basket >= 60 and joined between date '2022-12-22' and date '2024-11-21'
union all
select 'campaign_006' as campaign, 'rule_0065' as rule, 'grant_points' as action, id as target, id as subject, '120' as params
from people
where refunds_30d >= 1 and visits_180d >= 1 and joined between date '2023-12-22' and date '2025-11-21'
union all
select 'campaign_006' as campaign, 'rule_0066' as rule, 'grant_points' as action, id as target, id as subject, '30' as params
from people
where visits_60d >= 3 and visits_180d >= 1 and ($may_email)
union all
select 'campaign_006' as campaign, 'rule_0067' as rule, 'grant_points' as action, id as target, id as subject, '420' as params
from people
where ware_visits_90d >= 2 and bought_flower_180d > 0 and city in ('Guangzhou', 'Nanjing', 'Shanghai', 'Suzhou')
union all
select 'campaign_006' as campaign, 'rule_0068' as rule, 'grant_points' as action, id as target, id as subject, '420' as params
from people
where first_visit between date '2026-09-06' and date '2026-09-22' and refunds_365d <= 1 and language = 'en'
union all
select 'campaign_006' as campaign, 'rule_0069' as rule, 'grant_points' as action, id as target, id as subject, '280' as params
from people
where refunds_30d >= 1 and bought_tea_30d > 0
union all
select 'campaign_007' as campaign, 'rule_0070' as rule, 'grant_points' as action, id as target, id as subject, '310' as params
from people
where (tea_spend_365d >= 200 and last_tea between date '2026-07-24' and date '2026-11-21') and never_paper = 0 and joined between date '2024-12-21' and date '2026-11-21'
union all
select 'campaign_007' as campaign, 'rule_0071' as rule, 'grant_points' as action, id as target, id as subject, '150' as params
from people
where refunded_365d >= 150 and bought_flower_180d > 0 and ($may_email)
union all
select 'campaign_007' as campaign, 'rule_0072' as rule, 'grant_points' as action, id as target, id as subject, '490' as params
from people
where spend_7d >= 800 and spend_this_quarter >= 150 and language = 'zh'
union all
select 'campaign_007' as campaign, 'rule_0073' as rule, 'grant_points' as action, id as target, id as subject, '450' as params
from people
where visits_this_quarter >= 3 and spend_365d >= 2000
union all
select 'campaign_007' as campaign, 'rule_0074' as rule, 'grant_points' as action, id as target, id as subject, '490' as params
from people
where first_visit between date '2026-08-15' and date '2026-08-23' and average_365d >= 40 and joined between date '2019-12-23' and date '2021-11-22'
union all
select 'campaign_007' as campaign, 'rule_0075' as rule, 'grant_points' as action, id as target, id as subject, '320' as params
from people
where last_visit between date '2025-11-06' and date '2025-11-21' and visits_180d >= 2 and joined between date '2022-12-22' and date '2024-11-21'
union all
select 'campaign_007' as campaign, 'rule_0076' as rule, 'grant_points' as action, id as target, id as subject, '450' as params
from people
where tasting_spend_365d >= 650 and spend_this_month >= 200 and language = 'en'
union all
select 'campaign_007' as campaign, 'rule_0077' as rule, 'grant_points' as action, id as target, id as subject, '430' as params
from people
where book_spend_365d >= 800 and never_paper = 0 and language = 'zh'
union all
select 'campaign_007' as campaign, 'rule_0078' as rule, 'grant_points' as action, id as target, id as subject, '210' as params
from people
where last_tea between date '2026-09-10' and date '2026-09-22' and spend_this_quarter >= 150 and joined between date '2019-12-23' and date '2021-11-22'
union all
select 'campaign_007' as campaign, 'rule_0079' as rule, 'grant_points' as action, id as target, id as subject, '430' as params
from people
where first_visit between date '2026-09-03' and date '2026-09-22' and never_incense = 0 and joined between date '2022-12-22' and date '2024-11-21'
union all
select 'campaign_008' as campaign, 'rule_0080' as rule, 'grant_points' as action, id as target, id as subject, '70' as params
from people
where (first_visit between date '2026-09-22' and date '2026-11-21' and visits_60d >= 1) and baskets_365d >= 3 and language = 'en'
union all
select 'campaign_008' as campaign, 'rule_0081' as rule, 'grant_points' as action, id as target, id as subject, '330' as params
from people
where spend_180d >= 1800 and baskets_365d >= 3
union all
select 'campaign_008' as campaign, 'rule_0082' as rule, 'grant_points' as action, id as target, id as subject, '500' as params
from people
where visits_60d >= 3 and average_365d >= 40 and joined between date '2024-12-21' and date '2026-11-21'
union all
select 'campaign_008' as campaign, 'rule_0083' as rule, 'grant_points' as action, id as target, id as subject, '450' as params
from people
where last_travel between date '2026-09-08' and date '2026-09-22' and never_paper = 0
union all
select 'campaign_008' as campaign, 'rule_0084' as rule, 'grant_points' as action, id as target, id as subject, '300' as params
from people
where spend_90d >= 1400 and average_basket >= 80
union all
select 'campaign_008' as campaign, 'rule_0085' as rule, 'grant_points' as action, id as target, id as subject, '220' as params
from people
where (first_visit between date '2026-09-22' and date '2026-11-21' and visits_60d >= 1) and never_paper = 0 and joined between date '2019-12-23' and date '2021-11-22'
union all
select 'campaign_008' as campaign, 'rule_0086' as rule, 'grant_points' as action, id as target, id as subject, '100' as params
from people
where spend_60d >= 1500 and spend_this_year >= 150 and joined between date '2022-12-22' and date '2024-11-21'
union all
select 'campaign_008' as campaign, 'rule_0087' as rule, 'grant_points' as action, id as target, id as subject, '380' as params
from people
where food_visits_90d >= 2 and spend_365d >= 4000 and ($may_email)
union all
select 'campaign_008' as campaign, 'rule_0088' as rule, 'grant_points' as action, id as target, id as subject, '250' as params
from people
where spend_7d >= 1000 and average_90d >= 60 and language = 'en'
union all
select 'campaign_008' as campaign, 'rule_0089' as rule, 'grant_points' as action, id as target, id as subject, '350' as params
from people
where spend_90d >= 1900 and never_travel = 0 and joined between date '2022-12-22' and date '2024-11-21'
union all
select 'campaign_009' as campaign, 'rule_0090' as rule, 'grant_points' as action, id as target, id as subject, '200' as params
from people
where refunds_90d >= 1 and never_paper = 0 and language = 'en'
union all
select 'campaign_009' as campaign, 'rule_0091' as rule, 'grant_points' as action, id as target, id as subject, '500' as params
from people
where refunded_365d >= 150 and average_90d >= 70 and language = 'zh'
union all
select 'campaign_009' as campaign, 'rule_0092' as rule, 'grant_points' as action, id as target, id as subject, '310' as params
from people
where last_tea between date '2026-09-04' and date '2026-09-22' and bought_tea_30d > 0
union all
select 'campaign_009' as campaign, 'rule_0093' as rule, 'grant_points' as action, id as target, id as subject, '470' as params
from people
where spend_7d >= 800 and visits_this_month >= 2
union all
select 'campaign_009' as campaign, 'rule_0094' as rule, 'grant_points' as action, id as target, id as subject, '190' as params
from people
where visits_180d >= 5 and never_ware = 0 and joined between date '2023-12-22' and date '2025-11-21'
union all
select 'campaign_009' as campaign, 'rule_0095' as rule, 'grant_points' as action, id as target, id as subject, '210' as params
from people
where refunds_30d >= 1 and bought_tasting_365d > 0 and language = 'zh'
union all
select 'campaign_009' as campaign, 'rule_0096' as rule, 'grant_points' as action, id as target, id as subject, '370' as params
from people
where last_travel between date '2026-05-06' and date '2026-05-25' and bought_flower_180d > 0 and city in ('Beijing', 'Suzhou', 'Xiamen')
union all
select 'campaign_009' as campaign, 'rule_0097' as rule, 'grant_points' as action, id as target, id as subject, '60' as params
from people
where refunded_365d >= 150 and baskets_365d >= 3 and city in ('Suzhou', 'Xiamen')
union all
select 'campaign_009' as campaign, 'rule_0098' as rule, 'grant_points' as action, id as target, id as subject, '260' as params
from people
where refunded_365d >= 150 and spend_this_quarter >= 100 and city in ('Hangzhou', 'Wuhan')
union all
select 'campaign_009' as campaign, 'rule_0099' as rule, 'grant_points' as action, id as target, id as subject, '310' as params
from people
where last_class between date '2026-10-02' and date '2026-10-22' and never_ware = 0
order by campaign, rule, subject

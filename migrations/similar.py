"""Disputes of the same type, as figures alone (obligation 53): migration 0071."""

SIMILAR = """
-- Disputes of the case's type at its county, its prefecture and the province, by how they ended: sums, for whoever sees
-- the case. Definer: figures of places above are not otherwise everybody's.
create function similar_places(p_case uuid) returns table (place_id int, ending text, cases bigint)
language sql stable security definer set search_path = public, pg_temp as
$$ with mine as (
       select c.dispute_type, p.county_id, p.prefecture_id, p.province_id
       from cases c join places p on p.id = c.place_id
       where c.id = p_case and case_shows(p_case))
   select around.id, k.ending, sum(k.cases)::bigint
   from mine m cross join lateral (values (m.county_id), (m.prefecture_id), (m.province_id)) around (id)
   join places p on around.id in (p.county_id, p.prefecture_id, p.province_id)
   join place_counts k on k.place_id = p.id and k.dispute_type = m.dispute_type
   group by 1, 2 $$;

-- How those among the newest p_within of the holder's prefecture ended, and the middle number of days from acceptance
-- to the end; the case itself does not count.
create function similar_ends(p_case uuid, p_within int) returns table (outcome text, cases bigint, days int)
language sql stable security definer set search_path = public, pg_temp as
$$ with mine as (select c.dispute_type, c.prefecture_id from cases c where c.id = p_case and case_shows(p_case))
   select n.outcome, count(*), percentile_disc(0.5) within group (order by n.days)
   from mine m cross join lateral (
       select c.id, c.dispute_type, c.outcome, extract(day from c.closed_at - c.accepted_at)::int as days
       from cases c where c.prefecture_id = m.prefecture_id order by c.filed_at desc, c.id desc limit p_within) n
   where n.dispute_type = m.dispute_type and n.id <> p_case and n.outcome is not null and n.days is not null
   group by 1 $$;

revoke all on function similar_places, similar_ends from public;
grant execute on function similar_places, similar_ends to tiaojie_app;
"""

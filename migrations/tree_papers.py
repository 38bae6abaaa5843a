"""Documents, goals and findings when the tree changes, in SQL (migration 0071, decision 0057)."""

SIGHT = """
-- What was issued to a tenant stays its to read, wherever it stands later; what a tenant that is no more issued is read
-- by its heir, by those above that, and by all below it. Definer: it reads receipts that the policy's own table asks.
create function document_reached(p_document uuid, p_tenant int) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select from document_receipts r where r.document_id = p_document and r.tenant_id = scope_tenant())
   or exists (
       select from tenants t join tenants h on h.id = heir_of(t.id) and h.id <> t.id
       where t.id = p_tenant and t.valid_to is not null and (
           scope_tenant() in (h.province_id, h.prefecture_id, h.county_id, h.township_id)
           or exists (select from tenants own where own.id = scope_tenant()
                      and h.id in (own.province_id, own.prefecture_id, own.county_id, own.township_id)))) $$;
revoke all on function document_reached from public;
grant execute on function document_reached to tiaojie_app;
"""

FOLLOWING = """
-- Of who is no more: drafts, goals, phases and checklists end; what was issued, signed and reported stays as it was.
-- Nobody signs for it or reports on it any more, nor to whoever no longer stands above; the heir of an issuer asks in
-- its place. Whoever stands under others than before is sent what stands issued there. Gives what was sent now; the
-- same if it runs again.
create function tree_papers(p_plan uuid) returns table (document_id uuid, receiver int)
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '150ms' as
$$
#variable_conflict use_column
declare gone int[]; near int[]; today date := (scope_now() at time zone 'Asia/Shanghai')::date;
begin
    perform tree_is_running(p_plan);
    near := array(
        select k.tenant_id from tree_touched(p_plan) k
        union select (k.effect ->> 'made')::int from tree_changes k
        where k.plan_id = p_plan and k.effect ->> 'made' > '');
    gone := array(select t.id from tenants t where t.id = any (near) and t.valid_to is not null);
    near := array(select t.id from tenants t where t.valid_to is null
                  and array[t.province_id, t.prefecture_id, t.county_id, t.township_id] && near);

    update policy_documents set status = 'withdrawn' where tenant_id = any (gone) and status = 'draft';
    update goals set ended_at = scope_now() where tenant_id = any (gone) and ended_at is null;
    update plan_phases set replaced_at = scope_now() where tenant_id = any (gone) and replaced_at is null;
    update checklists set until = today where tenant_id = any (gone) and until is null;

    update report_duties set issuer_id = heir_of(issuer_id)
    where issuer_id = any (gone) and ended_at is null and heir_of(issuer_id) <> issuer_id;
    update document_receipts set issuer_id = heir_of(issuer_id)
    where issuer_id = any (gone) and signed_at is null and ended_at is null and heir_of(issuer_id) <> issuer_id;
    update report_duties d set ended_at = scope_now() from tenants t
    where t.id = d.tenant_id and d.ended_at is null and (
        t.id = any (gone)
        or t.id = any (near)
        and d.issuer_id not in (t.province_id, coalesce(t.prefecture_id, 0), coalesce(t.county_id, 0)));
    update document_receipts r set ended_at = scope_now() from tenants t
    where t.id = r.tenant_id and r.signed_at is null and r.ended_at is null and (
        t.id = any (gone)
        or t.id = any (near)
        and r.issuer_id not in (t.province_id, coalesce(t.prefecture_id, 0), coalesce(t.county_id, 0)));

    return query with above as materialized (
        select d.id as document, t.id as tenant, t.tier, d.tenant_id as issuer, d.report_tiers,
               case when d.receipt_by >= today then d.receipt_by end as receipt_by
        from tenants t join policy_documents d on d.status = 'issued' and d.tenant_id <> t.id
            and d.tenant_id in (t.province_id, t.prefecture_id, t.county_id)
        where t.id = any (near)),
    fresh as (
        insert into document_receipts as r (document_id, tenant_id, issuer_id, sent_at, receipt_by)
        select document, tenant, issuer, scope_now(), receipt_by from above order by document, tenant
        on conflict (document_id, tenant_id) do update set ended_at = null, receipt_by = excluded.receipt_by
        where r.ended_at is not null
        returning r.document_id, r.tenant_id),
    owed as (
        insert into report_duties as o (id, document_id, clause_key, tenant_id, issuer_id, due_on)
        select id_at(scope_now()), a.document, c.key, a.tenant, a.issuer, c.report_by
        from above a join document_clauses c on c.document_id = a.document and c.stance is distinct from 'drop'
        where c.report_by >= today and a.tier = any (a.report_tiers)
        order by a.document, c.key, a.tenant
        on conflict (document_id, clause_key, tenant_id) do update set ended_at = null, told_at = null
        where o.ended_at is not null)
    select f.document_id, f.tenant_id from fresh f;
end
$$;
revoke all on function tree_papers from public;
grant execute on function tree_papers to tiaojie_app;
"""

OVERSIGHT = """
-- Orders that stand, inspections and complaints under way: whoever is above the case now carries them on, and who is
-- no longer above it has no sight by them. As in 0048, and findings that are not accepted yet: who judges them.
create or replace function oversight_follows(p_cases uuid[]) returns void language plpgsql as
$$
begin
    update supervision_orders s set province_id = c.province_id, prefecture_id = c.prefecture_id,
        county_id = c.county_id, township_id = c.township_id
    from cases c where c.id = any (p_cases) and s.case_id = c.id;

    with passed as (
        select r.id, r.case_id, r.relation, r.role, r.since, r.until, r.source, r.actions, r.filed_at,
               o.id as office_id, o.tenant_id
        from cases c join case_relations r on r.case_id = c.id and r.relation in ('supervises', 'hears')
            and r.tenant_id is not null and r.until > scope_now()
        join offices o on o.id = office_instead(coalesce(r.office_id, (
            select min(x.id) from offices x where x.tenant_id = r.tenant_id)), c)
        where c.id = any (p_cases)),
    ended as (
        update case_relations r set until = scope_now() from passed p where r.id = p.id)
    insert into case_relations (id, case_id, relation, role, tenant_id, office_id, since, until, source, actions,
                                filed_at)
    select id_at(scope_now()), case_id, relation, role, tenant_id, office_id, greatest(since, scope_now()), until,
           source, actions, filed_at
    from passed;

    update supervision_orders s set issuer_office_id = o.id, issuer_tenant_id = o.tenant_id
    from cases c, offices o where c.id = any (p_cases) and s.case_id = c.id and s.struck_off_at is null
    and o.id = office_instead(s.issuer_office_id, c);
    update complaints k set office_id = o.id, tenant_id = o.tenant_id
    from cases c, offices o where c.id = any (p_cases) and k.case_id = c.id and k.decided_at is null
    and o.id = office_instead(k.office_id, c);
    update inspections i set office_id = o.id, tenant_id = o.tenant_id
    from cases c, offices o where c.id = any (p_cases) and i.case_id = c.id and i.closed_at is null
    and o.id = office_instead(i.office_id, c);
    update inspection_findings f set office_id = o.id, tenant_id = o.tenant_id
    from cases c, offices o where c.id = any (p_cases) and f.case_id = c.id and f.state <> 'accepted'
    and o.id = office_instead(f.office_id, c);
end
$$;
"""

"""What guards ask before a case is closed: the schedule, the visits, pressure, and relief."""

from cases.facts import Fact

EFFECTIVE = Fact("select exists (select from agreements where case_id = :case and status = 'effective')")
OPEN_TERMS = Fact(
    """select count(*) from agreement_terms t join agreements a on a.id = t.agreement_id
    where a.case_id = :case and a.status = 'effective'
    and not case when t.amount_fen is null
        then exists (select from performances p where p.term_id = t.id and not p.defaulted)
        else coalesce((select sum(p.amount_fen) from performances p where p.term_id = t.id and not p.defaulted), 0)
             >= t.amount_fen end
    and coalesce((select p.path from performances p where p.term_id = t.id and p.defaulted
                  order by p.id desc limit 1), 'grace') = 'grace'"""
)
"""How many are neither performed nor in default with the creditor's way recorded; a grace only moves the day."""
UNVISITED = Fact(
    """select count(*) from parties p where p.case_id = :case and p.side = 'petitioner'
    and p.status in ('active', 'settled')
    and exists (select from agreements a where a.case_id = :case and a.status = 'effective')
    and not exists (select from return_visits v where v.case_id = p.case_id and v.party_id = p.id)"""
)
"""Petitioners of an agreement who were not asked; a refused visit counts as asked."""
PRESSED = Fact("select pressure_open(:case)")
RELIEF_UNSHOWN = Fact(
    """select exists (select from relief_checks k where k.case_id = :case and k.wanted
    and not exists (select from relief_checks later where later.case_id = k.case_id and later.party_id = k.party_id
                    and later.id > k.id)
    and not exists (select from relief_referrals r where r.check_id = k.id))"""
)
"""Somebody in hardship still wishes help, and was not shown the way to any."""
RELIEF_UNANSWERED = Fact("select exists (select from relief_referrals where case_id = :case and answer is null)")

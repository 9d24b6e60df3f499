import type { Opportunity as OpportunityEvent } from '@tieout/canonical';
import { amountOf, currencyOf, dateOf, fateOf, refuse, required, text, type Mapped } from './fate.ts';
import { idOf, referenceTo, sourceOf } from './identity.ts';
import type { Picklists } from './picklists.ts';
import type { Opportunity } from './vendor-types.ts';

/** An opportunity without the revision, which the outbox assigns. */
export type OpportunityState = Omit<OpportunityEvent, 'revision'>;

/** The deal that an Opportunity states, or why it states none. */
export function mapOpportunity(
  opportunity: Opportunity,
  instance: string,
  { stages }: Pick<Picklists, 'stages'>,
): Mapped<OpportunityState> {
  const at = (field: keyof Opportunity): { record: string; field: string } => ({
    record: `Opportunity ${text(opportunity.Name) ?? ''} (${opportunity.Id})`,
    field,
  });
  return fateOf(() => {
    const name = text(opportunity.Name) ?? refuse('missing-name', at('Name'), null, 'has no value');
    const stage = required(at('StageName'), opportunity.StageName);
    if (!opportunity.IsDeleted && !stages.includes(stage))
      refuse(
        'unmapped-value',
        at('StageName'),
        stage,
        `is not a stage that is known here (${stages.join(', ')}): choose one of them in the CRM, or add it to SALESFORCE_STAGES`,
      );
    const amount = opportunity.Amount;
    const currency = amount === null ? null : currencyOf(at('CurrencyIsoCode'), opportunity.CurrencyIsoCode);
    const closeDate = dateOf(at('CloseDate'), opportunity.CloseDate);
    return {
      opportunityId: idOf('Opportunity', instance, opportunity.Id),
      lifecycle: lifecycleOf(opportunity),
      name,
      customerId: referenceTo('Account', instance, opportunity.AccountId),
      stage,
      amount: amount === null || currency === null ? null : amountOf(at('Amount'), amount, currency),
      currency,
      closeDate: closeDate ?? refuse('missing-value', at('CloseDate'), null, 'has no value'),
      source: sourceOf('Opportunity', instance, opportunity),
    };
  });
}

function lifecycleOf({ IsDeleted, IsClosed, IsWon }: Opportunity): OpportunityState['lifecycle'] {
  if (IsDeleted) return 'DELETED';
  if (!IsClosed) return 'OPEN';
  return IsWon ? 'WON' : 'LOST';
}

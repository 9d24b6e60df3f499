import { firstDayOf, periodOf, sum } from '@tieout/canonical';
import type { Random } from '@tieout/testing/programs';
import { addDays } from './amounts.ts';
import { CORPORATE } from './catalogue.ts';
import type { Contract, ContractLine, Customer, LegalEntity, Opportunity } from './scenario.ts';
import type { Cast, Schedule, Story } from './stories.ts';

const BEFORE: Schedule = { months: [-1], products: 1 };

/** What the group's head sells, one contract each: its customers are customers of the regional companies, too. */
const STORIES: readonly Story[] = [
  { name: 'prompt', schedule: BEFORE, outcome: 'prompt' },
  { name: 'partial', schedule: BEFORE, outcome: 'partial' },
  { name: 'bundled', schedule: { months: [-2, -1], products: 2 }, outcome: 'bundled' },
  { name: 'overdue', schedule: BEFORE, outcome: 'open' },
  { name: 'pair', schedule: { months: [0, 1], products: 1 }, outcome: 'open' },
];

export interface CorporateSale {
  readonly story: Story;
  readonly opportunity: Opportunity;
  readonly contract: Contract;
}

type LinesOf = (contract: string, schedule: Schedule, entity: LegalEntity, random: Random) => ContractLine[];

/** Sold to the first customers who have nothing paid in advance: an advance would have to be applied to what is open. */
export function corporateSales(
  customers: readonly Customer[],
  roles: readonly Cast[],
  linesOf: LinesOf,
  randomOf: (what: string) => Random,
): CorporateSale[] {
  const buyers = customers.filter((_, index) => {
    const role = roles[index];
    return typeof role !== 'object' || role.outcome !== 'deposit';
  });
  return STORIES.flatMap((story, turn) => {
    const customer = buyers[turn];
    return customer === undefined ? [] : [saleOf(story, customer, linesOf, randomOf(`corporate ${turn}`))];
  });
}

function saleOf(story: Story, customer: Customer, linesOf: LinesOf, random: Random): CorporateSale {
  const { code: entity, currency } = CORPORATE;
  const key = `${customer.key}-G1`;
  const lines = linesOf(key, story.schedule, CORPORATE, random);
  const startDate = firstDayOf(periodOf(lines[0]!.billOn));
  const opportunity: Opportunity = {
    ...{ key: `${customer.key}-GO1`, customer: customer.key, name: `${customer.name} ${key}`, stage: 'Closed Won' },
    ...{ amount: sum(lines.map(({ net }) => net)), currency, closeDate: addDays(startDate, -random.int(3, 40)) },
  };
  const contract: Contract = {
    ...{ key, customer: customer.key, opportunity: opportunity.key, entity, currency, startDate },
    ...{ termMonths: story.schedule.months.length, active: true, lines },
  };
  return { story, opportunity, contract };
}

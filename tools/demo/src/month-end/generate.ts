import { addMonths, firstDayOf, periodOf, sum } from '@tieout/canonical';
import { addDays, dayOf, percentOf, times } from './amounts.ts';
import { billAndSettle } from './billing.ts';
import { CORPORATE, ENTITIES, MONTH_END, NAMES, PRODUCTS } from './catalogue.ts';
import { corporateSales } from './corporate.ts';
import { forecastOf } from './forecast.ts';
import { createRandom, type Random } from '@tieout/testing/programs';
import type { Contract, ContractLine, Customer, LegalEntity, Opportunity, Scenario } from './scenario.ts';
import { CAST, CROWD, FEWEST_CUSTOMERS, type Cast, type Schedule, type Story } from './stories.ts';

export interface ScenarioSize {
  /** A whole number; the same gives the same month-end. */
  readonly seed: number;
  /** At least FEWEST_CUSTOMERS. */
  readonly customers: number;
}

const SECOND_CONTRACT_PERCENT = 8;
const LOST_PERCENT = 25;
const TALK_PERCENT = 25;
/** Later days do not exist in every month. */
const LAST_BILLING_DAY = 24;

/** A month-end that ties out: what stands in it is what every system must say. Nothing in it depends on the clock. */
export function generateScenario({ seed, customers: count }: ScenarioSize): Scenario {
  if (count < FEWEST_CUSTOMERS) throw new RangeError(`a month-end needs ${FEWEST_CUSTOMERS} customers or more`);
  const casting = createRandom(seed, 'casting');
  const crowd = Array.from({ length: count - CAST.length }, () => casting.pick(CROWD));
  const roles = casting.shuffled([...CAST, ...crowd]);
  const customers = roles.map((_, index) => customerOf(seed, index));
  const deals = roles.map((role, index) => dealsOf(customers[index]!, role, createRandom(seed, `deals ${index}`)));
  const regional = deals.flatMap(({ contracts: own }) => own.map(({ contract }) => contract));
  const corporate = corporateSales(customers, roles, linesOf, (what) => createRandom(seed, what));
  const settledCorporate = corporate.map(({ contract, story }, turn) =>
    billAndSettle(contract, story.outcome, MONTH_END, createRandom(seed, `settling corporate ${turn}`)),
  );
  const settledRegional = deals.flatMap(({ contracts: own }, index) => {
    const random = createRandom(seed, `settling ${index}`);
    return own.flatMap(({ contract, story }) =>
      contract.active ? [billAndSettle(contract, story.outcome, MONTH_END, random)] : [],
    );
  });
  const settled = [...settledRegional, ...settledCorporate];
  return {
    seed,
    monthEnd: MONTH_END,
    entities: [...ENTITIES, CORPORATE],
    products: PRODUCTS.map(({ code, name, family, description }) => ({ code, name, family, description })),
    customers,
    opportunities: [
      ...deals.flatMap(({ opportunities }) => opportunities),
      ...corporate.map(({ opportunity }) => opportunity),
    ],
    contracts: [...regional, ...corporate.map(({ contract }) => contract)],
    invoices: settled.flatMap(({ invoices }) => invoices),
    payments: settled.flatMap(({ payments }) => payments),
    creditMemos: settled.flatMap(({ creditMemos }) => creditMemos),
    forecast: forecastOf(regional, ENTITIES, periodOf(MONTH_END), createRandom(seed, 'forecast')),
  };
}

function customerOf(seed: number, index: number): Customer {
  const random = createRandom(seed, `customer ${index}`);
  const entity = ENTITIES[index % ENTITIES.length] as LegalEntity;
  const place = entity.country as 'US' | 'DE';
  const combinations = NAMES.first.length * NAMES.second.length;
  // The seed turns the wheel of names, so that another seed has other customers and none has a name twice.
  const turn = (index * 7 + createRandom(seed, 'names').int(0, combinations - 1)) % combinations;
  const round = Math.floor(index / combinations);
  const first = NAMES.first[turn % NAMES.first.length]!;
  const second = NAMES.second[Math.floor(turn / NAMES.first.length)]!;
  return {
    key: `K-${String(index + 1).padStart(5, '0')}`,
    name: `${first} ${second}${round === 0 ? '' : ` ${round + 1}`} ${NAMES.legalForm[place]}`,
    taxId:
      place === 'DE'
        ? `DE${random.int(100_000_000, 999_999_999)}`
        : `${random.int(10, 99)}-${random.int(1_000_000, 9_999_999)}`,
    entity: entity.code,
    currency: entity.currency,
    city: random.pick(NAMES.cities[place]),
    country: place,
  };
}

interface Deals {
  readonly opportunities: readonly Opportunity[];
  readonly contracts: readonly { readonly contract: Contract; readonly story: Story }[];
}

const TALKED_ABOUT: Story = { name: 'talk', schedule: { months: [1, 2], products: 1 }, outcome: 'open' };
const SECOND: Story = { name: 'second', schedule: { months: [0], products: 1 }, outcome: 'open' };

function dealsOf(customer: Customer, role: Cast, random: Random): Deals {
  const opportunities: Opportunity[] = [];
  const contracts: { contract: Contract; story: Story }[] = [];
  const opportunity = (stage: Opportunity['stage'], amount: string, closeDate: string): Opportunity => {
    const key = `${customer.key}-O${opportunities.length + 1}`;
    const { currency } = customer;
    const made = { key, customer: customer.key, name: `${customer.name} ${key}`, stage, amount, currency, closeDate };
    opportunities.push(made);
    return made;
  };
  const sell = (story: Story, active: boolean): void => {
    const key = `${customer.key}-C${contracts.length + 1}`;
    const company = ENTITIES.find(({ code }) => code === customer.entity)!;
    const lines = linesOf(key, story.schedule, company, random);
    const startDate = firstDayOf(periodOf(lines[0]!.billOn));
    const stage = active ? 'Closed Won' : 'Negotiation/Review';
    const closeDate = addDays(startDate, active ? -random.int(3, 40) : random.int(5, 40));
    const won = opportunity(stage, sum(lines.map(({ net }) => net)), closeDate);
    const { entity, currency } = customer;
    const termMonths = story.schedule.months.length;
    contracts.push({
      story,
      contract: {
        key,
        customer: customer.key,
        opportunity: won.key,
        entity,
        currency,
        startDate,
        termMonths,
        active,
        lines,
      },
    });
  };
  if (role === 'draft') sell(TALKED_ABOUT, false);
  else if (role !== 'prospect') sell(role, true);
  // Who paid in advance has nothing open, else the advance would have to be applied to it.
  const mayHaveMore = typeof role === 'object' && role.outcome !== 'deposit';
  if (mayHaveMore && random.chance(SECOND_CONTRACT_PERCENT)) sell(SECOND, true);
  if (role === 'prospect' || random.chance(TALK_PERCENT))
    opportunity(
      random.pick(['Prospecting', 'Qualification', 'Proposal/Price Quote']),
      times(random.int(1, 9), 250_000),
      addDays(MONTH_END, random.int(10, 80)),
    );
  if (random.chance(LOST_PERCENT))
    opportunity('Closed Lost', times(random.int(1, 9), 150_050), addDays(MONTH_END, -random.int(1, 80)));
  return { opportunities, contracts };
}

function linesOf(contract: string, schedule: Schedule, { taxPercent }: LegalEntity, random: Random): ContractLine[] {
  const day = random.int(1, LAST_BILLING_DAY);
  const sold = random.shuffled(PRODUCTS).slice(0, schedule.products);
  const quantities = sold.map(() => random.int(1, 12));
  const month = (offset: number): string => addMonths(periodOf(MONTH_END), offset);
  return schedule.months.flatMap((offset, turn) =>
    sold.map((product, position): ContractLine => {
      const quantity = quantities[position]!;
      const net = times(quantity, product.cents);
      return {
        key: `${contract}-L${turn * sold.length + position + 1}`,
        product: product.code,
        description: `${product.name}, ${month(offset)}`,
        billOn: dayOf(month(offset), day),
        quantity: String(quantity),
        unitPrice: times(1, product.cents),
        net,
        tax: percentOf(net, taxPercent),
      };
    }),
  );
}

import { booksOf, type Books } from './books.ts';
import { PLANT_NAMES, type Plan, type Plant, type PlantName } from './plant.ts';
import { lostCell, renamedCustomer, unappliedPayment } from './plants-elsewhere.ts';
import { billedTwice, staleInvoice, wrongCurrency, wrongCustomer, wrongPeriod } from './plants-invoices.ts';
import { changedOrder, extraOrder, missingOrder } from './plants-orders.ts';
import { createRandom } from '@tieout/testing/programs';
import type { Scenario } from './scenario.ts';

/**
 * What can be planted, each in another customer's documents and none in a cell that another one sees, so that the breaks of each
 * are its own. The order is that of choosing: what few objects can serve for comes first.
 */
const PLANTS: Readonly<Record<PlantName, Plant>> = {
  'missing-order': missingOrder,
  'changed-order': changedOrder,
  'wrong-currency': wrongCurrency,
  'wrong-customer': wrongCustomer,
  'wrong-period': wrongPeriod,
  'stale-invoice': staleInvoice,
  'billed-twice': billedTwice,
  'unapplied-payment': unappliedPayment,
  'extra-order': extraOrder,
  'renamed-customer': renamedCustomer,
  'lost-cell': lostCell,
};

/** The plans of those that are asked for; each is the same whichever others are. */
export function planPlants(scenario: Scenario, names: readonly PlantName[]): Plan[] {
  const taken = new Set<string>();
  const books = booksOf(scenario);
  const all = PLANT_NAMES.map((name) => {
    const random = createRandom(scenario.seed, `plant ${name}`);
    const plan = PLANTS[name]({ scenario, books, random, isFree: (customer) => !taken.has(customer) });
    plan.customers.forEach((customer) => taken.add(customer));
    return plan;
  });
  return all.filter(({ plant }) => names.includes(plant));
}

/** The books once all of it is planted. */
export function planted(books: Books, plans: readonly Plan[]): Books {
  return plans.reduce((changed, { change }) => change(changed), books);
}

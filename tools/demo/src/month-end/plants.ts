import { booksOf, type Books } from './books.ts';
import { isCorporate } from './load-sap.ts';
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
export function planPlants(whole: Scenario, names: readonly PlantName[]): Plan[] {
  const scenario = regionalOf(whole);
  const taken = new Set<string>();
  const books = booksOf(scenario);
  const corporate = new Set(whole.contracts.filter(isCorporate).map(({ customer }) => customer));
  const inBoth = (customer: string): boolean => corporate.has(customer);
  const all = PLANT_NAMES.map((name) => {
    const random = createRandom(scenario.seed, `plant ${name}`);
    const plan = PLANTS[name]({ scenario, books, random, isFree: (customer) => !taken.has(customer), inBoth });
    plan.customers.forEach((customer) => taken.add(customer));
    return plan;
  });
  return all.filter(({ plant }) => names.includes(plant));
}

/** Discrepancies are planted in the regional companies' books; who is a customer of the group's head, too, may be hit. */
export function regionalOf(scenario: Scenario): Scenario {
  const regional = <T extends { readonly entity: string }>(all: readonly T[]): T[] =>
    all.filter((one) => !isCorporate(one));
  const { contracts, invoices, payments, entities } = scenario;
  return {
    ...scenario,
    entities: entities.filter(({ code }) => !isCorporate({ entity: code })),
    ...{ contracts: regional(contracts), invoices: regional(invoices), payments: regional(payments) },
  };
}

/** The books once all of it is planted. */
export function planted(books: Books, plans: readonly Plan[]): Books {
  return plans.reduce((changed, { change }) => change(changed), books);
}

import type { BreakView } from './reconciliation-api.client.ts';

const NAMES = ['number', 'contract', 'accountNumber', 'version', 'name'];
const UUID = /^([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The name that a person knows the object of a break by, where the evidence has one; else its id. */
export function nameOf({ object, evidence }: Pick<BreakView, 'object' | 'evidence'>): string {
  return NAMES.map((field) => evidence[field]).find(Boolean) ?? short(object);
}

/** The beginning of a UUID is enough to tell two apart by eye; anything else stays as it is. */
export function short(text: string): string {
  const [, beginning] = UUID.exec(text) ?? [];
  return beginning === undefined ? text : `${beginning}…`;
}

/** Whether both sides of the break are amounts of its currency: counts, dates and names are not. */
export function isAmount({ kind, difference, currency }: Pick<BreakView, 'kind' | 'difference' | 'currency'>): boolean {
  return currency !== null && (difference !== null || kind === 'missing' || kind === 'extra');
}

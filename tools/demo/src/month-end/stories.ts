/** How a contract is billed: months from the month-end's own (0), and how many products each time. */
export interface Schedule {
  readonly months: readonly number[];
  readonly products: number;
}

/** How a contract fares: what is billed when, and what comes of the bills. */
export interface Story {
  readonly name: string;
  readonly schedule: Schedule;
  readonly outcome: Outcome;
}
export type Outcome =
  /** Paid in full before it is due. */
  | 'prompt'
  /** Paid in full, days after it was due. */
  | 'late'
  /** A part of the first bill was paid. */
  | 'partial'
  /** One payment for several bills. */
  | 'bundled'
  /** The payment of the first bill came back. */
  | 'bounced'
  /** A part of the first bill was credited, the rest paid. */
  | 'credited'
  /** The first bill was voided and issued again. */
  | 'reissued'
  /** Nothing was paid yet. */
  | 'open'
  /** Paid in advance, with nothing billed yet. */
  | 'deposit';

const QUARTER: Schedule = { months: [-2, -1, 0, 1], products: 1 };
const TWIN: Schedule = { months: [-1, 0], products: 2 };
const BEFORE: Schedule = { months: [-1], products: 1 };
const NOW: Schedule = { months: [0], products: 1 };
const PAIR: Schedule = { months: [0, 1], products: 1 };
const UPCOMING: Schedule = { months: [1, 2], products: 1 };

const story = (name: string, schedule: Schedule, outcome: Outcome): Story => ({ name, schedule, outcome });

/** Customers without a contract in force: a draft is being negotiated, or there is nothing but talk. */
export type Cast = Story | 'draft' | 'prospect';

/** Every story that a month-end must have, and enough of the ones that discrepancies are planted in. */
export const CAST: readonly Cast[] = [
  story('prompt', QUARTER, 'prompt'),
  story('late', QUARTER, 'late'),
  story('partial', QUARTER, 'partial'),
  story('bundled', QUARTER, 'bundled'),
  story('credited', TWIN, 'credited'),
  story('reissued', QUARTER, 'reissued'),
  story('bounced', BEFORE, 'bounced'),
  story('deposit', UPCOMING, 'deposit'),
  story('upcoming', UPCOMING, 'open'),
  story('upcoming', UPCOMING, 'open'),
  story('pair', PAIR, 'open'),
  story('pair', PAIR, 'open'),
  story('overdue', BEFORE, 'open'),
  story('overdue', BEFORE, 'open'),
  'draft',
  'prospect',
];

/** Whatever the size, so much is there: fewer customers cannot play the month-end. */
export const FEWEST_CUSTOMERS = CAST.length;

/** What further customers do: small on average, so that thousands of them stay a run of minutes. */
export const CROWD: readonly Cast[] = [
  story('prompt', BEFORE, 'prompt'),
  story('late', { months: [-2], products: 1 }, 'late'),
  story('bundled', { months: [-2, -1], products: 1 }, 'bundled'),
  story('overdue', BEFORE, 'open'),
  story('new', NOW, 'open'),
  story('pair', PAIR, 'open'),
  story('pair', PAIR, 'prompt'),
  story('partial', BEFORE, 'partial'),
  story('upcoming', UPCOMING, 'open'),
  'draft',
  'prospect',
];

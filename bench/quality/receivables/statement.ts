import { fromUnits } from '@tieout/canonical';
import {
  createRandom,
  dayAfter,
  state,
  together,
  type CaseState,
  type Random,
  type Scene,
  type TruthItem,
} from '@tieout/testing/reconciliation-truth';
import type { Invoice } from './invoices.ts';
import { bundled, bundledUnnamed, centsOf, SINGLE, unknown, withoutReference, type Books } from './payments.ts';
import { waysToSum } from './sums.ts';

export interface Statement {
  /** YYYY-MM-DD, when everything that was paid has arrived. */
  readonly asOf: string;
  /** Invoices on the left, statement lines on the right. */
  readonly scene: Scene;
}

type Case = Scene['cases'][number];
type Several = readonly [Invoice, ...Invoice[]];

/** Of a hundred times that it would be possible. */
const BUNDLED = 22;
const UNNAMED = 35;
const WITHOUT_REFERENCE = 8;
/** Invoices that one line may pay, and the days within which they were settled. */
const MOST_TOGETHER = 4;
const SAME_RUN_DAYS = 5;
/** One payment for nothing in so many invoices. */
const UNKNOWN_EVERY = 60;

/** The statement of a bank on which these invoices were paid, with everything that comes between them. */
export function deriveStatement(invoices: readonly Invoice[], seed: number): Statement {
  const random = createRandom(seed, 'statement');
  const books = createBooks(random, invoices.length);
  const accounts = Map.groupBy(invoices, ({ country, customer }) => `${country} ${customer}`);
  const cases = [
    ...[...accounts.values()].flatMap((account) => settleAccount(books, account)),
    ...bankFees(books, invoices),
  ];
  return {
    asOf: dayAfter(latest(invoices), 30),
    scene: {
      left: random.shuffled(cases.flatMap(({ left }) => left)),
      right: random.shuffled(cases.flatMap(({ right }) => right)),
      cases,
    },
  };
}

function settleAccount(books: Books, account: readonly Invoice[]): Case[] {
  const waiting = account.toSorted((a, b) => (a.settled + a.number < b.settled + b.number ? -1 : 1));
  const cents = account.map(centsOf);
  const cases: Case[] = [];
  while (waiting.length > 0) {
    const run = takeRun(books.random, waiting);
    cases.push(run.length > 1 ? several(books, run, cents) : single(books, run, cents));
    if (books.random.int(1, UNKNOWN_EVERY) === 1) cases.push(...unknownPayment(books, run[0], cents));
  }
  return cases;
}

/** The next invoice, or the next ones that were settled within a few days. */
function takeRun(random: Random, waiting: Invoice[]): Several {
  const first = waiting.shift() as Invoice;
  const until = dayAfter(first.settled, SAME_RUN_DAYS);
  const near = waiting.slice(0, MOST_TOGETHER - 1).filter(({ settled }) => settled <= until);
  if (near.length === 0 || !random.chance(BUNDLED)) return [first];
  return [first, ...waiting.splice(0, random.int(1, near.length))];
}

function several(books: Books, run: Several, account: readonly bigint[]): Case {
  const sum = run.reduce((total, one) => total + centsOf(one), 0n);
  // Without a name it is only known to be right where the sum comes about in one way.
  const isUnnamed = books.random.chance(UNNAMED) && waysToSum(account, sum) === 1;
  return isUnnamed
    ? { kind: 'bundle without references', ...bundledUnnamed(books, run) }
    : { kind: 'bundle that names its invoices', ...bundled(books, run) };
}

function single(books: Books, run: Several, account: readonly bigint[]): Case {
  if (books.random.chance(WITHOUT_REFERENCE) && waysToSum(account, centsOf(run[0])) === 1)
    return { kind: 'no reference at all', ...withoutReference(books, run) };
  const urn = Object.entries(SINGLE).flatMap(([kind, { weight }]) => Array.from({ length: weight }, () => kind));
  const kind = books.random.pick(urn);
  return { kind, ...(SINGLE[kind] as (typeof SINGLE)[string]).pay(books, run) };
}

/** An amount that no invoices of the account make. */
function unknownPayment(books: Books, near: Invoice, account: readonly bigint[]): Case[] {
  const cents = BigInt(books.random.int(2_000, 30_000));
  return waysToSum(account, cents) > 0 ? [] : [{ kind: 'payment for nothing known', ...unknown(books, near, cents) }];
}

/** What the bank takes at the end of each month, from each company. */
function bankFees({ line }: Books, invoices: readonly Invoice[]): Case[] {
  const months = new Map(invoices.map((one) => [`${one.country} ${one.settled.slice(0, 7)}`, one]));
  return [...months.values()].map((one) => {
    const date = `${one.settled.slice(0, 7)}-28`;
    const fee = line({ ...one, customer: 'BANK' }, -1_250n, { date, text: 'ACCOUNT MAINTENANCE FEE' });
    return { kind: 'bank fee', ...feeState(fee) };
  });
}

function feeState(fee: TruthItem): CaseState {
  return state([], [fee], [together(['explained', 'break'], [], [fee], 'fee')]);
}

function createBooks(random: Random, invoices: number): Books {
  const numbers = random.shuffled(Array.from({ length: invoices * 3 + 1_000 }, (_, n) => n));
  const common = { currency: 'USD', reverses: null, changedAt: null, fields: {} };
  return {
    random,
    posted: (one) => ({
      ...common,
      id: one.number,
      amount: one.amount,
      date: one.issued,
      reference: one.number,
      counterparty: one.customer,
      text: null,
      legalEntity: one.country,
    }),
    line: (
      one,
      cents,
      { date, text = null, reference = null }: { date: string; text?: string | null; reference?: string | null },
    ) => ({
      ...common,
      id: `S${String(numbers.pop()).padStart(5, '0')}`,
      amount: fromUnits(cents, 2),
      date,
      reference,
      // Every fifth customer is written otherwise by the bank.
      counterparty: random.chance(20) ? one.customer.replace('-', ' ').toLowerCase() : one.customer,
      text,
      legalEntity: one.country,
    }),
  };
}

function latest(invoices: readonly Invoice[]): string {
  return invoices.reduce((last, { settled }) => (settled > last ? settled : last), '');
}

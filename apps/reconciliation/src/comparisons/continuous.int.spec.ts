import { randomInt, randomUUID } from 'node:crypto';
import type { CreditMemo, Invoice, Payment } from '@tieout/canonical';
import { createRandom, type Random } from '@tieout/testing/programs';
import { afterEach, describe, expect, it } from 'vitest';
import { TestComparisons } from '../../test/comparison-desk.ts';
import { ContractWorld } from '../../test/contract-world.ts';

/** One customer's figures are a block; nothing is unique, so that every outcome comes up. */
const RULES = {
  ...{ name: 'rules', description: 'for the test', block: ['counterparty', 'currency'] },
  rules: [
    { kind: 'match', name: 'reference', keys: ['reference'], outcome: 'matched' },
    { kind: 'match', name: 'amount', date: { from: -3, to: 3 }, outcome: 'suggested' },
    { kind: 'timing', name: 'young', days: 5 },
  ],
};
const two = {
  ...{ name: 'two', description: 'invoices = payments', owner: 'o', rules: 'rules' },
  sides: [
    { name: 'invoice', of: 'topic:invoice' },
    { name: 'payment', of: 'topic:payment' },
  ],
};
const three = {
  ...{ name: 'three', description: 'invoices = payments = credits', owner: 'o', rules: 'rules' },
  sides: [...two.sides, { name: 'credit', of: 'topic:credit-memo' }],
};
const TODAY = '2026-01-20';
const world = new ContractWorld([], [], []);

let comparisons: TestComparisons;
afterEach(() => comparisons.close());

/** Records whose amounts, dates, references and customers collide often. */
class Traffic {
  readonly #random: Random;
  #revision = 1n;

  constructor(seed: number) {
    this.#random = createRandom(seed, 'continuous');
  }

  next(): { invoices: [string, Invoice][]; payments: [string, Payment][]; credits: [string, CreditMemo][] } {
    this.#revision += 1n;
    const some = <T>(make: () => T): T[] => Array.from({ length: this.#random.int(0, 3) }, make);
    return {
      invoices: some(() => this.#invoice()),
      payments: some(() => this.#payment()),
      credits: some(() => this.#credit()),
    };
  }

  #deal() {
    const day = String(this.#random.int(1, 25)).padStart(2, '0');
    return { id: String(this.#random.int(1, 25)), date: `2026-01-${day}`, gross: String(this.#random.int(1, 4)) };
  }

  #common() {
    const customerId = this.#random.pick(['c1', 'c2', 'c3', null]);
    return {
      customerId,
      currency: this.#random.pick(['USD', 'EUR']),
      number: `N${this.#random.int(1, 30)}`,
      revision: this.#revision,
    };
  }

  #invoice(): [string, Invoice] {
    const value = { ...world.invoice(this.#deal()), ...this.#common() };
    return [value.invoiceId, this.#random.chance(15) ? { ...value, lifecycle: 'DELETED' } : value];
  }

  #payment(): [string, Payment] {
    const { gross, ...deal } = this.#deal();
    const value = { ...world.payment({ ...deal, gross, paid: gross }), ...this.#common() };
    return [value.paymentId, this.#random.chance(15) ? { ...value, lifecycle: 'VOIDED' } : value];
  }

  #credit(): [string, CreditMemo] {
    const { gross, ...deal } = this.#deal();
    const value = { ...world.creditMemo({ ...deal, gross, credited: gross }), ...this.#common() };
    return [value.creditMemoId, value];
  }
}

const last = <V>(records: [string, V][]): [string, V][] => [...new Map(records)];

describe('continuous decisions', () => {
  it('are what a full run decides, after any changes and by any number of replicas', async () => {
    const seed = randomInt(1_000_000);
    console.info(`seed ${seed}`);
    const traffic = new Traffic(seed);
    comparisons = await TestComparisons.open([two, three], { rules: RULES }, TODAY);
    const consume = async (): Promise<void> => {
      const { invoices, payments, credits } = traffic.next();
      await comparisons.consume('finance.invoice.v1', last(invoices));
      await comparisons.consume('finance.payment.v1', last(payments));
      await comparisons.consume('finance.credit-memo.v1', last(credits));
    };
    for (let step = 0; step < 10; step += 1) await consume();
    await comparisons.start();
    for (let round = 0; round < 4; round += 1) {
      for (let step = 0; step < 5; step += 1) await Promise.all([consume(), comparisons.decideMarked(2)]);
      if (round === 2)
        await comparisons.consume('finance.customer.v1', [
          ['c1', { customerId: 'c1', revision: 1n, name: 'Acme' } as never],
        ]);
      await comparisons.decideMarked(2);
      const before = await comparisons.results();
      expect(before.marks).toBe(0);
      for (const name of ['two', 'three'])
        expect(await comparisons.run(name, randomUUID())).toMatchObject({ reasons: [], changedBlocks: 0 });
      expect(await comparisons.results()).toEqual(before);
    }
    const { breaks, blocks } = await comparisons.results();
    expect([breaks.length > 5, blocks.length > 5]).toEqual([true, true]);
  });

  it('wait while a full run has to prove the sides, and go on from it', async () => {
    comparisons = await TestComparisons.open([two], { rules: RULES }, TODAY);
    const invoice = { ...world.invoice({ id: '1', date: '2026-01-02', gross: '5' }), customerId: 'c1' };
    await comparisons.consume('finance.invoice.v1', [[invoice.invoiceId, invoice]]);
    await comparisons.start();
    const { breaks } = await comparisons.results();
    expect(breaks).toMatchObject([
      { check_name: 'two', kind: 'missing-right', status: 'OPEN', expected: '5', actual: null },
    ]);
    await comparisons.desk.dataSource.query(`UPDATE comparison SET state = 'waiting'`);
    const paid = world.payment({ id: '1', date: '2026-01-02', gross: '5', paid: '5' });
    const payment = { ...paid, customerId: 'c1', number: invoice.number };
    await comparisons.consume('finance.payment.v1', [[payment.paymentId, payment]]);
    await comparisons.decideMarked();
    expect(await comparisons.results()).toMatchObject({ breaks: [{ status: 'OPEN' }], marks: 1 });
    expect(await comparisons.run('two', randomUUID())).toMatchObject({ status: 'clean', changedBlocks: 1 });
    expect(await comparisons.results()).toMatchObject({ breaks: [{ status: 'CLOSED' }], marks: 0 });
  });
});

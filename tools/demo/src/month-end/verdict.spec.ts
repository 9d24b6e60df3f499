import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportedBreak } from '../report.ts';
import { generateScenario } from './generate.ts';
import { createIds, inFull, type LoadedIds } from './ids.ts';
import { PLANT_NAMES, type Plan } from './plant.ts';
import { planPlants } from './plants.ts';
import { judgeBreaks } from './verdict.ts';

const scenario = generateScenario({ seed: 11, customers: 20 });
const all = planPlants(scenario, PLANT_NAMES);

/** As if everything was loaded: the vendor's id of each object is made up. */
function loaded(): LoadedIds {
  const ids = createIds();
  for (const { key } of scenario.customers) ids.note('customer', key, `001-${key}`);
  for (const { key, lines } of scenario.contracts) {
    ids.note('contract', key, `800-${key}`);
    for (const line of lines) ids.note('contract-line', line.key, `a00-${line.key}`);
  }
  for (const { key } of scenario.invoices) ids.note('invoice', key, `1-${key}`);
  for (const { deed } of all) {
    if (deed.do === 'enter-invoice' || deed.do === 'bill-again')
      ids.note('invoice', deed.invoice.key, `2-${deed.invoice.key}`);
    if (deed.do === 'enter-order') ids.note('order', deed.order.key, `3-${deed.order.key}`);
    if (deed.do === 'enter-payment') ids.note('payment', deed.payment.key, `4-${deed.payment.key}`);
  }
  return ids;
}
const ids = loaded();
const breaksOf = (plans: readonly Plan[]): ReportedBreak[] =>
  plans.flatMap(({ breaks }) => breaks.map((one) => inFull(one, ids)));
const other: ReportedBreak = { check: 'orders-crm-erp', kind: 'currency', object: 'x', expected: 'EUR', actual: 'USD' };

describe('what was found, held against what was planted', () => {
  it('ties out when it is exactly that, in any order and with amounts written in any way', () => {
    const found = breaksOf(all)
      .reverse()
      .map((one) => (one.kind === 'net' ? { ...one, actual: `${one.actual}0`.replace(/^(\d+)0$/, '$1.0') } : one));
    const verdict = judgeBreaks(all, ids, found);
    expect(verdict).toMatchObject({ tiedOut: true, unexpected: [], missing: [] });
    expect(verdict.planted.every((one) => one.found)).toBe(true);
    expect(verdict.breaks.every(({ plant }) => plant !== null)).toBe(true);
  });

  it('names each plant whose breaks were not found, and no other', () => {
    fc.assert(
      fc.property(fc.subarray([...PLANT_NAMES]), (names) => {
        const missed = all.filter(({ plant }) => names.includes(plant));
        const verdict = judgeBreaks(all, ids, breaksOf(all.filter((plan) => !missed.includes(plan))));
        expect(verdict.tiedOut).toBe(missed.length === 0);
        expect(verdict.planted.filter(({ found }) => !found).map(({ plant }) => plant)).toEqual(
          missed.map(({ plant }) => plant),
        );
        expect([verdict.missing.length, verdict.unexpected]).toEqual([breaksOf(missed).length, []]);
      }),
    );
  });

  it('without a plant counts its breaks as unexpected', () => {
    for (const left of all) {
      const verdict = judgeBreaks(
        all.filter((plan) => plan !== left),
        ids,
        breaksOf(all),
      );
      expect(verdict).toMatchObject({ tiedOut: false, missing: [], unexpected: breaksOf([left]) });
    }
  });

  it('does not tie out with one break more, one with other figures, or something else that went wrong', () => {
    expect(judgeBreaks(all, ids, [...breaksOf(all), other])).toMatchObject({ tiedOut: false, unexpected: [other] });
    const [first, ...rest] = breaksOf(all);
    const changed = { ...first!, expected: '0.01' };
    const verdict = judgeBreaks(all, ids, [changed, ...rest]);
    expect(verdict).toMatchObject({
      tiedOut: false,
      unexpected: [changed],
      missing: [{ ...first, plant: all[0]!.plant }],
    });
    expect(judgeBreaks([], ids, [], [other])).toMatchObject({ tiedOut: false, unexpected: [other] });
    expect(judgeBreaks([], ids, [])).toMatchObject({ tiedOut: true, planted: [], breaks: [] });
  });

  it('needs to know what the vendors called an object', () => {
    expect(() => judgeBreaks(all, createIds(), [])).toThrow(/was not loaded/);
  });
});

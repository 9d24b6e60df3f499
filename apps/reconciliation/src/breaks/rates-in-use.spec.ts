import type { RuleSet } from '@tieout/matching';
import { describe, expect, it } from 'vitest';
import { erpRates, namedSources, ratesInUse, type ErpRate } from './rates-in-use.ts';
import { inGroupCurrency, type Rate } from './valuation.ts';

const stated: ErpRate = {
  ...{ system: 'sap-s4hana', instance: 'group', rateType: 'M', from: 'JPY', to: 'EUR', date: '2026-03-31' },
  ...{ rate: '0.6123456789', fromUnits: 100, toUnits: 1 },
};
const rateOf = (more: Partial<ErpRate>) => erpRates([{ ...stated, ...more }])[0]?.rate ?? null;

describe('the rate of an ERP', () => {
  it.each<[string, Partial<ErpRate>, string | null]>([
    ['is stated for one unit', {}, '0.006123456789'],
    ['is as it is where the units are one', { fromUnits: 1 }, '0.6123456789'],
    ['counts units of both', { fromUnits: 10, toUnits: 1000 }, '61.23456789'],
    ['of no units is none', { fromUnits: 0 }, null],
    ['of units that make no exact decimal is none', { fromUnits: 3 }, null],
    ['of zero is none', { rate: '0' }, null],
    ['of a type for other purposes is none', { rateType: 'P' }, null],
    ['of the only type counts', { rateType: 'default', fromUnits: 1 }, '0.6123456789'],
  ])('%s', (_name, more, expected) => {
    expect(rateOf(more)).toBe(expected);
  });

  it('of one day and pair is that of the first ERP by name, in every order', () => {
    const other = { ...stated, system: 'netsuite', instance: 'main', rateType: 'default', rate: '0.7' };
    const [both, turned] = [erpRates([stated, other]), erpRates([other, stated])];
    expect(both).toEqual([
      { from: 'JPY', to: 'EUR', date: '2026-03-31', rate: '0.007', source: 'netsuite/main default' },
    ]);
    expect(turned).toEqual(both);
  });

  it('values a break exactly, with all its digits', () => {
    const valuation = { groupCurrency: 'EUR', rates: erpRates([stated]), maxAgeDays: 5 };
    expect(inGroupCurrency('1000000', 'JPY', '2026-04-01', valuation)).toMatchObject({
      groupValue: '6123.4568',
      evidence: { groupRateSource: 'sap-s4hana/group M' },
    });
  });
});

describe('rates that people have stated', () => {
  const erp = erpRates([stated]);
  const byHand = (more: Partial<Rate> = {}): Rate => ({
    ...{ from: 'JPY', to: 'EUR', date: '2026-04-10', rate: '0.0062', source: 'ECB', ...more },
  });
  const kept = (rate: Rate, named?: ReadonlySet<string>) => ratesInUse(erp, [rate], named).includes(rate);

  it.each<[string, Partial<Rate>, boolean]>([
    ['yield to the rate of the ERP', {}, false],
    ['in the other direction yield too', { from: 'EUR', to: 'JPY' }, false],
    ['on the last day that it is in force yield', { date: '2026-04-30' }, false],
    ['on the day after it count', { date: '2026-05-01' }, true],
    ['before it count', { date: '2026-03-30' }, true],
    ['of another pair count', { from: 'CHF' }, true],
  ])('%s', (_name, more, expected) => {
    expect(kept(byHand(more))).toBe(expected);
  });

  it('count where a rule names their source', () => {
    expect(kept(byHand(), new Set(['ECB']))).toBe(true);
    const fx = { name: 'fx', kind: 'fx', keys: [], rate: { dateOf: 'left', maxAgeDays: 3, source: 'ECB' } };
    expect(namedSources([{ rules: [fx] } as unknown as RuleSet])).toEqual(new Set(['ECB']));
  });
});

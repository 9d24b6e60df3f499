import { describe, expect, it } from 'vitest';
import type { ExchangeRate, Item } from './item.ts';
import { decided, groupsOf, item, pairs, rules } from './matching.fixture.ts';

const rate = (from: string, to: string, date: string, text: string, source = 'ECB'): ExchangeRate => ({
  from,
  to,
  date,
  rate: text,
  source,
});
const RATES = [
  rate('USD', 'EUR', '2026-01-01', '0.5'),
  rate('USD', 'EUR', '2026-01-09', '0.9'),
  rate('USD', 'EUR', '2026-01-11', '0.7'),
];
const fx = (stated: Record<string, unknown> = {}) => ({ kind: 'fx', keys: ['reference'], ...stated });
const A = { reference: 'A-1' };
/** 100 EUR on the left, so many USD on the right. */
const convert = (usd: string, rule: Record<string, unknown> = {}, rates = RATES, right: Partial<Item> = {}): string[] =>
  decided({
    left: [item('L1', A)],
    right: [item('R1', { ...A, amount: usd, currency: 'USD', ...right })],
    ruleSet: rules(fx(rule)),
    rates,
  });

describe('amounts of two currencies', () => {
  it('that agree at the rate of the day are matched', () => {
    expect(convert('111.11')).toEqual(['matched fx L1 | R1']);
  });
  it('with a residual within the tolerance are explained, and not one smallest unit outside it', () => {
    const tolerance = { amount: { absolute: '0.5' } };
    expect(convert('111.66', tolerance)).toEqual(['explained fx L1 | R1 (0.49)']);
    expect(convert('111.67', tolerance)).toEqual(['explained fx L1 | R1 (0.5)']);
    expect(convert('111.68', tolerance)).toEqual(['break fx L1 | R1 (0.51)']);
  });
  it('say rate, source, date and residual', () => {
    const right = [item('R1', { ...A, amount: '111.66', currency: 'USD' })];
    const [group] = groupsOf({
      left: [item('L1', A)],
      right,
      ruleSet: rules(fx({ amount: { percent: '1' } })),
      rates: RATES,
    });
    expect(group).toMatchObject({
      currency: 'EUR',
      difference: '0.49',
      evidence: {
        rate: '1 USD = 0.9 EUR',
        'rate date': '2026-01-09',
        'rate source': 'ECB',
        converted: '100.49 EUR',
        residual: '0.49 EUR',
      },
    });
  });
  it('take the inverse of a rate when there is no other', () => {
    expect(convert('200', {}, [rate('EUR', 'USD', '2026-01-10', '2')])).toEqual(['matched fx L1 | R1']);
  });
  it('take no rate that is too old, from the future or of another source', () => {
    const old = [rate('USD', 'EUR', '2026-01-02', '0.9')];
    expect(convert('111.11', { rate: { maxAgeDays: 8 } }, old)).toEqual(['matched fx L1 | R1']);
    expect(convert('111.11', { rate: { maxAgeDays: 7 } }, old)).toHaveLength(2);
    expect(convert('111.11', {}, [rate('USD', 'EUR', '2026-01-11', '0.9')])).toHaveLength(2);
    expect(convert('111.11', { rate: { source: 'Fed' } })).toHaveLength(2);
  });
  it('take the rate of the day that the rule names', () => {
    const right = { date: '2026-01-11' };
    expect(convert('142.86', { rate: { dateOf: 'right' } }, RATES, right)).toEqual(['matched fx L1 | R1']);
    expect(convert('142.86', { rate: { dateOf: 'left' } }, RATES, right)).toEqual(['break fx L1 | R1 (28.57)']);
  });
  it('may have opposite signs where a rule says so', () => {
    expect(convert('-111.11', { sign: 'opposite' })).toEqual(['matched fx L1 | R1']);
  });
  it('round to the smallest unit of the left currency', () => {
    const left = [item('L1', { ...A, amount: '15873', currency: 'JPY' })];
    const right = [item('R1', { ...A, amount: '100', currency: 'EUR' })];
    const rates = [rate('EUR', 'JPY', '2026-01-10', '158.725')];
    expect(decided({ left, right, ruleSet: rules(fx()), rates })).toEqual(['matched fx L1 | R1']);
  });
  it('of the same number are the wrong currency, not a bad rate', () => {
    expect(convert('100')).toEqual(['break currency L1 | R1 (-10)']);
  });
  it('without a unique counterpart are ambiguous', () => {
    const right = ['R1', 'R2'].map((id) => item(id, { ...A, amount: '111.11', currency: 'USD' }));
    expect(decided({ left: [item('L1', A)], right, ruleSet: rules(fx()), rates: RATES })).toEqual([
      'ambiguous duplicate L1 | R1 R2 (null)',
    ]);
  });
});

it('never pass without an fx rule, whatever the tolerance', () => {
  const right = [item('R1', { ...A, currency: 'USD' })];
  const ruleSet = rules(pairs({ amount: { absolute: '1000000', percent: '100' } }));
  expect(decided({ left: [item('L1', A)], right, ruleSet, rates: RATES })).toEqual(['break currency L1 | R1 (null)']);
});

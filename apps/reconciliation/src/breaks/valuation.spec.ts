import { describe, expect, it } from 'vitest';
import { found, opened, RATES, triage } from './break.fixture.ts';
import { DEFAULT_POLICY, parsePolicy } from './policy.ts';
import { weigh } from './triage.ts';
import { inGroupCurrency, valueOf } from './valuation.ts';

const valuation = { groupCurrency: 'USD', rates: RATES, maxAgeDays: 7 };

describe('the value of a break', () => {
  it.each([
    ['the difference of two amounts, without its sign', found({ difference: '-12.50' }), '12.5'],
    ['the amount that one side lacks', found({ kind: 'missing', difference: null, actual: null }), '1000'],
    ['no number of documents', found({ kind: 'invoices' }), null],
    ['nothing without a currency', found({ currency: null }), null],
    ['nothing where names differ', found({ kind: 'name', difference: null, expected: 'a', actual: 'b' }), null],
    [
      'nothing where a name is missing',
      found({ kind: 'missing', difference: null, expected: 'Acme', actual: null }),
      null,
    ],
    ['nothing that its schema cannot state', found({ difference: '0.00001' }), null],
  ])('is %s', (_, one, value) => {
    expect(valueOf(one)).toBe(value);
  });

  it('in the currency of the group needs no rate', () => {
    expect(inGroupCurrency('5', 'USD', '2026-01-01', valuation)).toEqual({ groupValue: '5', evidence: {} });
  });

  it.each([
    ['the rate of the day', '2026-01-05', '120', '2026-01-05'],
    ['the last before it', '2026-01-04', '110', '2026-01-01'],
    ['one that is not too old', '2026-01-12', '120', '2026-01-05'],
  ])('takes %s, and says which', (_, day, groupValue, groupRateDate) => {
    expect(inGroupCurrency('100', 'EUR', day, valuation)).toMatchObject({
      groupValue,
      evidence: { groupRateDate, groupRateSource: 'ECB' },
    });
  });

  it.each([
    ['is too old', 'EUR', '2026-01-13'],
    ['is of later', 'EUR', '2025-12-31'],
    ['is of another pair', 'CHF', '2026-01-05'],
  ])('is not known by a rate that %s, and says so', (_, currency, day) => {
    const { groupValue, evidence } = inGroupCurrency('100', currency, day, valuation);
    expect(groupValue).toBeNull();
    expect(evidence['groupRate']).toMatch(new RegExp(`none from ${currency} to USD`));
  });

  it('is exact to four decimals', () => {
    const rates = [{ from: 'EUR', to: 'USD', date: '2026-01-01', rate: '1.0000000001', source: 's' }];
    const at = (value: string): string | null =>
      inGroupCurrency(value, 'EUR', '2026-01-01', { ...valuation, rates }).groupValue;
    expect(at('999999999999999.9999')).toBeNull();
    expect([at('99999999999.9999'), at('0.0001'), at('500000')]).toEqual([
      '100000000009.9999',
      '0.0001',
      '500000.0001',
    ]);
  });
});

describe('the weight of a break', () => {
  const weights = (policy: unknown, over = {}) =>
    weigh(found(over), '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', {
      ...triage,
      policy: parsePolicy(policy),
    });

  it('is critical for any money unless a threshold says otherwise', () => {
    expect(weights({})).toMatchObject({ severity: 'CRITICAL', dueAt: '2026-01-02T00:00:00.000Z' });
    const materiality = { 'invoices-erp-topic': { USD: '1000.01' }, '*': { USD: '1' } };
    expect(weights({ materiality })).toMatchObject({ severity: 'WARNING', dueAt: '2026-01-06T00:00:00.000Z' });
    expect(weights({ materiality: { 'invoices-erp-topic': { USD: 1000 } } }).severity).toBe('CRITICAL');
    expect(weights({ materiality }, { check: 'payments-erp-topic' }).severity).toBe('CRITICAL');
  });

  it('is compared in the currency of the group where the own has no threshold', () => {
    const materiality = { '*': { '*': '1200' } };
    expect(weights({ materiality }, { currency: 'EUR' }).severity).toBe('WARNING');
    expect(weights({ materiality: { '*': { '*': '1000' } } }, { currency: 'EUR' }).severity).toBe('CRITICAL');
    expect(weights({ materiality }, { currency: 'CHF' }).severity).toBe('CRITICAL');
  });

  it('of what is never material is a warning', () => {
    expect(weights({}, { kind: 'ambiguous' }).severity).toBe('WARNING');
    expect(weights({}, { kind: 'name', difference: null }).severity).toBe('WARNING');
  });

  it('has an owner by check', () => {
    const owners = { '*': 'finance', 'customers-crm-erp': 'master-data' };
    expect(
      [weights({ owners }), weights({ owners }, { check: 'customers-crm-erp' })].map((one) => one.ownerGroup),
    ).toEqual(['finance', 'master-data']);
    expect(opened().ownerGroup).toBe('finance-operations');
  });
});

describe('a policy', () => {
  it.each([
    ['an unknown key', { limit: {} }],
    ['an unknown resolution', { limits: { TIMING: '1' } }],
    ['a negative limit', { limits: { VOID: '-1' } }],
    ['a limit that is no number', { limits: { VOID: 'much' } }],
    ['a currency that is none', { materiality: { '*': { XX: '1' } } }],
    ['an address that runs something', { links: { erp: 'javascript:alert(1)' } }],
  ])('with %s is refused', (_, policy) => {
    expect(() => parsePolicy(policy)).toThrow();
  });

  it('says what it does not say by default', () => {
    expect(parsePolicy({ limits: { WRITE_OFF: 5, VOID: null } }).limits).toEqual({
      ...DEFAULT_POLICY.limits,
      WRITE_OFF: '5',
      VOID: null,
    });
    expect(parsePolicy(null)).toEqual(DEFAULT_POLICY);
  });
});

import { describe, expect, it } from 'vitest';
import { billingKey, contractKey, customerKey, documentId, documentKey, ourId } from './identity.ts';
import { conditionPrice, priceOf, rounded } from './price.ts';

const id = '0a3c3b7e-1111-5222-8333-444455556666';

describe('keys', () => {
  it('fit the fields of SAP and the capitals that it makes', () => {
    expect(customerKey(id)).toMatch(/^[0-9A-Z]{20}$/);
    expect(customerKey('00000000-0000-0000-0000-000000000001')).toBe('00000000000000000001');
    expect(customerKey('ffffffff-ffff-5fff-bfff-ffffffffffff')).toHaveLength(20);
    expect(customerKey(id)).not.toBe(customerKey(id.replace('6666', '6667')));
    expect(contractKey(id)).toBe('0a3c3b7e111152228333444455556666');
    expect(billingKey(id)).toBe('0A3C3B7E111152228333444455556666');
  });

  it('lead back where they hold the whole id, and nowhere else', () => {
    expect([ourId(contractKey(id)), ourId(billingKey(id))]).toEqual([id, id]);
    expect([ourId('PO 4711'), ourId(null), ourId('')]).toEqual([null, null, null]);
    expect(documentKey(documentId({ companyCode: '1010', fiscalYear: '2026', number: '1400000001' }))).toEqual({
      ...{ companyCode: '1010', fiscalYear: '2026', number: '1400000001' },
    });
  });
});

describe('prices', () => {
  it('are unit prices where those have the digits of the currency', () => {
    expect(conditionPrice('100', '4', 'EUR')).toEqual({ rate: '25', per: '1' });
    expect(conditionPrice('-100', '4', 'EUR')).toEqual({ rate: '-25', per: '1' });
    expect(conditionPrice('0', '4', 'EUR')).toEqual({ rate: '0', per: '1' });
  });

  it('are stated for several units where only that gives the amount to the digit', () => {
    expect(conditionPrice('100', '3', 'EUR')).toEqual({ rate: '100', per: '3' });
    expect(conditionPrice('50.01', '3', 'EUR')).toEqual({ rate: '16.67', per: '1' });
    expect(conditionPrice('100', '1.5', 'EUR')).toEqual({ rate: '200', per: '3' });
    expect(conditionPrice('1000', '7', 'JPY')).toEqual({ rate: '1000', per: '7' });
  });

  it('are none where the quantity is too long or nothing', () => {
    expect(conditionPrice('100.01', '123456.789', 'EUR')).toBeNull();
    expect(conditionPrice('100', '0', 'EUR')).toBeNull();
  });

  it('come back as the price of one unit, unless it has no end', () => {
    expect([priceOf('100', '3'), priceOf('100', '8'), priceOf('100', null), priceOf('1', '0')]).toEqual([
      ...[null, '12.5', null, null],
    ]);
  });

  it('go with quantities of three decimals, rounded half away from zero', () => {
    expect([rounded('1.2345', 3), rounded('-1.2345', 3), rounded('1.2344999', 3), rounded('7', 3)]).toEqual([
      ...['1.235', '-1.235', '1.234', '7'],
    ]);
  });
});

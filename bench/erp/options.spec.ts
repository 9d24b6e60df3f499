import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

describe('the options of the ERP benchmark', () => {
  it('has the sizes of the targets', () => {
    expect(parseOptions([])).toMatchObject({ invoices: 100_000, customers: 10_000, writes: 1_000, vendorMs: 50 });
  });

  it('takes other sizes, and none that make no sense', () => {
    expect(parseOptions(['--invoices', '500', '--vendor-ms', '5'])).toMatchObject({ invoices: 500, vendorMs: 5 });
    expect(() => parseOptions(['--customers', '0'])).toThrow('--customers takes a number above 0');
    expect(() => parseOptions(['--suppliers', '1'])).toThrow('--suppliers');
  });
});

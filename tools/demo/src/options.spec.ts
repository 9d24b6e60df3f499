import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { PLANT_NAMES } from './month-end/plant.ts';
import { parseOptions, SERVICES, type DemoOptions } from './options.ts';

const options = (...args: string[]): DemoOptions => parseOptions(['node', 'demo', ...args], () => undefined);

function refusal(...args: string[]): string {
  let said = '';
  try {
    parseOptions(['node', 'demo', ...args], (text) => (said += text));
  } catch (error) {
    if (error instanceof CommanderError) return said;
    throw error;
  }
  throw new Error(`${args.join(' ')} was taken`);
}

describe('the options of the demo', () => {
  it('play a month-end when nothing is said, always the same one, with everything planted', () => {
    expect(options()).toMatchObject({
      scenario: 'month-end',
      once: false,
      kill: [],
      customers: 24,
      plants: PLANT_NAMES,
    });
    expect(options()).toEqual(options());
  });

  it('choose seed, size, plants and what is killed', () => {
    expect(options('--seed', '7', '--customers', '2000', '--plants', 'lost-cell,missing-order')).toMatchObject({
      seed: 7,
      customers: 2000,
      plants: ['missing-order', 'lost-cell'],
    });
    expect(options('--plants', 'none')).toMatchObject({ plants: [] });
    expect(options('--without', 'lost-cell,extra-order')).toMatchObject({
      plants: PLANT_NAMES.filter((name) => !['lost-cell', 'extra-order'].includes(name)),
    });
    expect(options(...SERVICES.flatMap((name) => ['--kill', name])).kill).toEqual(SERVICES);
  });

  it('take a file of receivables instead, or the one of the repository', () => {
    expect(options('--receivables', 'a.csv', '--as-of', '2025-05-31', '--currency', 'eur')).toMatchObject({
      scenario: 'receivables',
      receivables: 'a.csv',
      asOf: '2025-05-31',
      currency: 'EUR',
    });
    expect(options('--receivables')).toMatchObject({ receivables: null, asOf: null, currency: 'USD' });
  });

  it.each([
    [
      ['--receivables', 'a.csv', '--seed', '1', '--plants', 'all'],
      /--seed and --plants cannot be used here: with --receivables/,
    ],
    [['--receivables', 'a.csv', '--customers', '30'], /--customers cannot be used here/],
    [['--receivables', 'a.csv', '--without', 'lost-cell'], /--without cannot be used here/],
    [['--currency', 'EUR'], /--currency cannot be used here: without --receivables/],
    [['--as-of', '2026-01-31'], /--as-of cannot be used here/],
    [['--seed', '-1'], /a seed: a whole number from 0/],
    [['--seed', '1.5'], /a seed: a whole number/],
    [['--customers', '15'], /a number of customers: a whole number from 16/],
    [['--plants', 'lost-cell,weeds'], /"weeds" is not one of missing-order, .*lost-cell, all, none/],
    [['--kill', 'sandbox'], /one of crm-ingest, order-to-cash/],
    [['--patience', '1'], /seconds: a whole number from 5/],
    [['--frobnicate'], /unknown option/],
  ])('that cannot be used are refused by name: %j', (args, reason) => {
    expect(refusal(...args)).toMatch(reason);
  });
});

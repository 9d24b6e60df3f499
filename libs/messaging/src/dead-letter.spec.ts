import { describe, expect, it } from 'vitest';
import { described, withoutData } from './dead-letter.ts';
import { DataError } from './errors.ts';
import { countOutcomes, moveOutcomes } from './position.ts';

describe('the text of an error', () => {
  it.each([
    ['invalid input syntax for type date: "1979-03-01 Ada"', 'invalid input syntax for type date: "…"'],
    [
      'null value in column "tax_id" of relation "customer" violates not-null constraint',
      'null value in column "tax_id" of relation "customer" violates not-null constraint',
    ],
    ['Key (email)=(ada@example.org) already exists.', 'Key (email)=(…) already exists.'],
    ['Unexpected token J, "John" is not valid JSON', 'Unexpected token J, "…" is not valid JSON'],
    ['no mail for ada.lovelace@example.org today', 'no mail for …@… today'],
    ["Cannot read properties of undefined (reading 'lines')", "Cannot read properties of undefined (reading 'lines')"],
  ])('says what to repair without repeating the data: %s', (text, expected) => {
    expect(withoutData(text)).toBe(expected);
  });

  it('is bounded, and never half a character', () => {
    const { errorMessage, stack } = described({ error: new DataError('code', '😀'.repeat(3_000)), tries: 1 });
    expect(errorMessage.length).toBeLessThanOrEqual(1_024);
    expect(stack?.length).toBeLessThanOrEqual(2_048);
    expect([errorMessage.isWellFormed(), stack?.isWellFormed()]).toEqual([true, true]);
  });

  it.each([
    ['VALUE_CONVERTER', new DataError('avro-truncated', 'short'), true],
    ['KEY_CONVERTER', new DataError('key-missing', 'none'), true],
    ['HEADER_CONVERTER', new DataError('header-missing', 'none'), true],
    ['TASK_PUT', new TypeError('oops'), false],
  ])('names the stage %s', (stage, error, unreadable) => {
    expect(described({ error, tries: 1, unreadable })).toMatchObject({ stage, errorClass: error.name });
  });
});

describe('counts of outcomes', () => {
  it('keep their sum when a record that was held ends otherwise', () => {
    const before = countOutcomes(['applied', 'dead-lettered', 'parked', 'parked']);
    const moves = [
      { from: 'dead-lettered', to: 'applied' },
      { from: 'parked', to: 'superseded' },
    ];
    expect(moveOutcomes(before, moves)).toEqual({ applied: 2, parked: 1, superseded: 1 });
  });

  it('know nothing of a record from before the position began', () => {
    expect(moveOutcomes({ applied: 1 }, [{ from: 'parked', to: 'applied' }])).toEqual({ applied: 1 });
  });
});

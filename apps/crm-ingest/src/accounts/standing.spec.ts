import { describe, expect, it } from 'vitest';
import { standings, type Candidate } from './standing.ts';

const account = (accountId: string, number: string | null, change: Partial<Candidate> = {}): Candidate => ({
  accountId,
  number,
  name: `Name of ${accountId}`,
  createdAt: `2026-01-01T00:00:0${accountId.slice(-1)}Z`,
  deleted: false,
  problem: null,
  publishedNumber: null,
  onTopic: false,
  ...change,
});
const published = (accountId: string, number: string, change: Partial<Candidate> = {}): Candidate =>
  account(accountId, number, { onTopic: true, publishedNumber: number, ...change });
const kinds = (...candidates: Candidate[]): Record<string, string> =>
  Object.fromEntries([...standings(candidates)].map(([id, standing]) => [id, standing.kind]));

describe('a customer number', () => {
  it('goes to the oldest of several new accounts, whatever order they come in', () => {
    expect(kinds(account('a2', 'N'), account('a1', 'N'))).toEqual({ a1: 'published', a2: 'held' });
    expect(kinds(account('a1', 'N'), account('a2', 'N'))).toEqual({ a1: 'published', a2: 'held' });
  });
  it('stays with the account that holds it on the topic, even against an older one', () => {
    expect(kinds(account('a1', 'N'), published('a2', 'N'))).toEqual({ a1: 'held', a2: 'published' });
  });
  it('is free again when its holder takes another one, is deleted, or never had one', () => {
    expect(kinds(published('a1', 'N', { number: 'M' }), account('a2', 'N'))).toEqual({
      a1: 'published',
      a2: 'published',
    });
    expect(kinds(published('a1', 'N', { deleted: true }), account('a2', 'N'))).toEqual({ a1: 'gone', a2: 'published' });
    expect(kinds(account('a1', null), account('a2', null))).toEqual({ a1: 'published', a2: 'published' });
  });
  it('stays taken while its holder is held for something else', () => {
    const problem = { kind: 'unknown-currency', message: '', details: {} };
    expect(kinds(published('a1', 'N', { problem }), account('a2', 'N'))).toEqual({ a1: 'held', a2: 'held' });
  });
  it('moves along a chain of changes in one go', () => {
    const chain = [published('a1', 'L', { number: 'M' }), published('a2', 'M', { number: 'N' }), account('a3', 'L')];
    expect(kinds(...chain)).toEqual({ a1: 'published', a2: 'published', a3: 'published' });
  });
  it('that two accounts want says who has it', () => {
    expect(standings([published('a1', 'N'), account('a2', 'N')]).get('a2')).toMatchObject({
      hold: {
        kind: 'customer-number-conflict',
        details: { accountNumber: 'N', holderAccountId: 'a1', holderName: 'Name of a1' },
      },
    });
  });
});

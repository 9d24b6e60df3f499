import { describe, expect, it } from 'vitest';
import { chained, verifyChain, type Act } from './audit-chain.ts';
import { contentHash } from './content-hash.ts';

const act = (action: string): Act => ({
  targetType: 'exception',
  targetId: 'e-1',
  action,
  actor: 'mara',
  role: 'operator',
  reason: null,
  at: '2026-03-31T10:00:00.000Z',
  beforeHash: null,
  afterHash: null,
  details: {},
});

const first = chained(null, act('raise'));
const second = chained(first, act('assign'));
const third = chained(second, act('resolve'));
const chain = [first, second, third];

describe('an audit chain', () => {
  it('numbers its entries and carries the hash of the one before, over all of the content', () => {
    expect(chain.map(({ sequence, previousHash }) => [sequence, previousHash])).toEqual([
      [1n, null],
      [2n, first.hash],
      [3n, second.hash],
    ]);
    const { hash, ...content } = third;
    expect(hash).toBe(contentHash(content));
    expect(new Set(chain.map(({ auditId }) => auditId)).size).toBe(3);
  });

  it('is whole in whatever order it is read', () => {
    expect(verifyChain([third, first, second], third)).toBeNull();
    expect(verifyChain([])).toBeNull();
  });

  it.each([
    ['a changed entry', [first, { ...second, actor: 'eve' }, third], 2n],
    ['a changed entry with a hash that fits it', [first, rehashed({ ...second, actor: 'eve' }), third], 3n],
    ['an entry that is missing', [first, third], 3n],
    ['a beginning that is missing', [second, third], 2n],
    ['an entry that is there twice', [first, second, second, third], 2n],
  ])('shows %s', (_, entries, sequence) => {
    expect(verifyChain(entries)).toMatchObject({ sequence });
  });

  it('shows an end that was cut off to whoever knows a later entry', () => {
    expect(verifyChain([first, second])).toBeNull();
    expect(verifyChain([first, second], third)).toMatchObject({ sequence: 2n });
  });
});

function rehashed({ hash: _hash, ...content }: typeof first): typeof first {
  return { ...content, hash: contentHash(content) };
}

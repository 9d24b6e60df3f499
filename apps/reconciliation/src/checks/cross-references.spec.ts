import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCrossReferences } from './cross-references.ts';
import type { HeldRecords, Referable, Reference, ReferenceSide } from './cross-references.ts';
import { sortDifferences } from './difference.ts';

const place = { type: 'customer', system: 'netsuite', instance: 'main', vendorId: '77' };
const object: Referable = { ...place, id: 'c1', changedAt: null };
const reference: Reference = { ...place, canonicalId: 'c1', isActive: true, aliasOf: null, changedAt: null };
const side = (change: Partial<ReferenceSide>): ReferenceSide => ({
  ...{ references: [reference], objects: [object], knownIds: new Map([['customer', new Set(['c1', 'c2'])]]) },
  ...change,
});
const told = (change: Partial<ReferenceSide>, held: readonly HeldRecords[] = []): unknown[] =>
  checkCrossReferences(side(change), held).map(({ kind, object: what, expected, actual }) => [
    kind,
    what,
    expected,
    actual,
  ]);
const changed = (change: Partial<Reference>) => ({ references: [{ ...reference, ...change }] });

describe('cross-references', () => {
  it.each<[string, Partial<ReferenceSide>, unknown[]]>([
    ['lead to their objects', {}, []],
    ['are missing for an object', { references: [] }, [['missing', 'c1', 'c1', null]]],
    ['are missing when they are retired', changed({ isActive: false }), [['missing', 'c1', 'c1', null]]],
    ['lead to another object', changed({ canonicalId: 'c2' }), [['wrong-object', 'c1', 'c1', 'c2']]],
    ['of another instance lead nowhere here', changed({ instance: 'eu' }), [['missing', 'c1', 'c1', null]]],
    ['of another system lead nowhere here', changed({ system: 'sap-s4hana' }), [['missing', 'c1', 'c1', null]]],
    [
      'give one object two ids in one instance',
      { references: [reference, { ...reference, vendorId: '78' }] },
      [['several-ids', 'netsuite|main|c1', '1', '2']],
    ],
    ['may give one object an id in each instance', { references: [reference, { ...reference, instance: 'eu' }] }, []],
    [
      'may have given it another id before',
      { references: [reference, { ...reference, vendorId: '76', isActive: false }] },
      [],
    ],
    [
      'lead to no object',
      { objects: [], ...changed({ canonicalId: 'c9' }) },
      [['orphan', 'customer|netsuite|main|77', null, 'c9']],
    ],
    ['that are retired may lead to no object', { objects: [], ...changed({ canonicalId: 'c9', isActive: false }) }, []],
    [
      'of a type that no topic here holds are not looked up',
      { objects: [], ...changed({ type: 'product', canonicalId: 'p' }) },
      [],
    ],
    ['may stand for the same object of a second system', changed({ canonicalId: 'c2', aliasOf: 'c1' }), []],
    [
      'stand for no object',
      { objects: [], ...changed({ aliasOf: 'c9' }) },
      [['dangling-alias', 'customer|netsuite|main|77', null, 'c9']],
    ],
    [
      'stand for themselves',
      changed({ aliasOf: 'c1' }),
      [['alias-of-itself', 'customer|netsuite|main|77', null, 'c1']],
    ],
  ])('%s', (_name, change, expected) => {
    expect(told(change)).toEqual(expected);
  });

  it('lead to a record that its system still lists, in each instance of its own', () => {
    const { vendorId: _vendorId, ...list } = place;
    const gone = [['vendor-record-gone', 'customer|netsuite|main|77', null, '77']];
    expect(told({}, [{ ...list, vendorIds: new Set(['77']) }])).toEqual([]);
    expect(told({}, [{ ...list, vendorIds: new Set(['78']) }])).toEqual(gone);
    expect(told({ objects: [], ...changed({ isActive: false }) }, [{ ...list, vendorIds: new Set() }])).toEqual([]);
    for (const other of [{ instance: 'eu' }, { system: 'salesforce' }, { type: 'contract' }])
      expect(told({}, [{ ...list, ...other, vendorIds: new Set() }])).toEqual([]);
  });

  it('tell two instances apart that use the same id', () => {
    const eu = { instance: 'eu' };
    const two = {
      objects: [object, { ...object, ...eu, id: 'c2' }],
      references: [reference, { ...reference, ...eu, canonicalId: 'c2' }],
    };
    expect(told(two)).toEqual([]);
    expect(told({ ...two, references: two.references.map((one) => ({ ...one, canonicalId: 'c1' })) })).toEqual([
      ['wrong-object', 'c2', 'c2', 'c1'],
    ]);
  });

  it('of objects and references made from each other agree; one change is found, in every order', () => {
    const places = fc.uniqueArray(
      fc.record({
        type: fc.constantFrom('customer', 'contract'),
        instance: fc.constantFrom('main', 'eu'),
        vendorId: fc.nat(9).map(String),
      }),
      { selector: (one) => JSON.stringify(one), minLength: 1 },
    );
    fc.assert(
      fc.property(places, fc.nat(), (list, pick) => {
        const objects = list.map((one): Referable => ({ ...object, ...one, id: JSON.stringify(one) }));
        const references = objects.map(({ id, ...one }): Reference => ({ ...reference, ...one, canonicalId: id }));
        const idsOf = (type: string) => new Set(objects.filter((one) => one.type === type).map(({ id }) => id));
        const knownIds = new Map(['customer', 'contract'].map((type) => [type, idsOf(type)]));
        expect(checkCrossReferences({ objects, references, knownIds }, [])).toEqual([]);
        const kept = references.filter((_, n) => n !== pick % references.length);
        const found = checkCrossReferences({ objects, references: kept, knownIds }, []);
        expect(found.map(({ kind }) => kind)).toEqual(['missing']);
        const turned = { objects: objects.toReversed(), references: kept.toReversed(), knownIds };
        expect(sortDifferences(checkCrossReferences(turned, []))).toEqual(sortDifferences(found));
      }),
    );
  });
});

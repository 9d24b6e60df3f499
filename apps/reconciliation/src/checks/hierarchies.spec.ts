import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entity } from '../../test/sides.ts';
import { sortDifferences } from './difference.ts';
import { checkHierarchies } from './hierarchies.ts';
import type { Entity, HierarchySide, NamedEntity, Node } from './hierarchies.ts';

const named: NamedEntity = { legalEntityId: 'le', legalEntity: 'CH' };
const node = (id: string, parentId: string | null, change: Partial<Node> = {}): Node => ({
  ...{ id, parentId, isDeleted: false, changedAt: null },
  ...change,
});
const told = (side: Partial<HierarchySide>, erp = [named], planned = ['CH']): unknown[] =>
  checkHierarchies({ entities: [entity], customers: [], nodes: [], members: [], ...side }, erp, planned).map(
    ({ kind, objectType, object, expected, actual }) => [kind, objectType, object, expected, actual],
  );
const below = (change: Partial<Entity>): Entity => ({ ...entity, id: 'le2', code: 'DE', ...change });

describe('legal entities', () => {
  it.each<[string, unknown[], unknown[]]>([
    ['agree', told({}), []],
    ['agree where documents and planning name none', told({}, [], []), []],
    ['agree where a document does not name the code', told({}, [{ ...named, legalEntity: null }]), []],
    [
      'are not on the topic that documents name',
      told({}, [{ legalEntityId: 'x', legalEntity: 'FR' }]),
      [['missing', 'legal-entity', 'x', 'FR', null]],
    ],
    [
      'are deleted on the topic that documents name',
      told({ entities: [{ ...entity, isDeleted: true }] }, [named], []),
      [['missing', 'legal-entity', 'le', 'CH', null]],
    ],
    [
      'have another code in the ERP',
      told({}, [named, { ...named, legalEntity: 'CH2' }]),
      [['code', 'legal-entity', 'le', 'CH2', 'CH']],
    ],
    [
      'are planned that nobody has',
      told({}, [named], ['CH', 'XX', 'XX']),
      [['extra', 'legal-entity', 'planning:XX', null, 'XX']],
    ],
    [
      'share a code in one instance',
      told({ entities: [entity, below({ code: 'CH' })] }),
      [['duplicate-code', 'legal-entity', 'main:CH', '1', '2']],
    ],
    ['may share a code in two instances', told({ entities: [entity, below({ code: 'CH', instance: 'eu' })] }), []],
    ['stand below one that is there', told({ entities: [entity, below({ parentId: 'le' })] }), []],
    [
      'stand below one that is not there',
      told({ entities: [entity, below({ parentId: 'gone' })] }),
      [['orphan', 'legal-entity', 'le2', null, 'gone']],
    ],
    [
      'stand below each other',
      told({ entities: [{ ...entity, parentId: 'le2' }, below({ parentId: 'le' })] }),
      [['circle', 'legal-entity', 'le', null, 'le2']],
    ],
  ])('%s', (_name, found, expected) => {
    expect(found).toEqual(expected);
  });
});

describe('customers', () => {
  it.each<[string, readonly Node[], unknown[]]>([
    ['may stand alone or below another', [node('a', null), node('b', 'a'), node('c', 'b')], []],
    ['stand below themselves', [node('a', 'a')], [['circle', 'customer', 'a', null, 'a']]],
    [
      'stand in a circle that others hang on',
      [node('x', 'b'), node('a', 'b'), node('b', 'c'), node('c', 'a')],
      [['circle', 'customer', 'a', null, 'b']],
    ],
    [
      'stand below one that was deleted',
      [node('a', null, { isDeleted: true }), node('b', 'a')],
      [['orphan', 'customer', 'b', null, 'a']],
    ],
    ['that were deleted may stand anywhere', [node('b', 'gone', { isDeleted: true })], []],
  ])('%s', (_name, customers, expected) => {
    expect(told({ customers })).toEqual(expected);
  });

  it('in a tree of any shape are in order, and a circle in it is told once, in every order', () => {
    const tree = fc.array(fc.nat(), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(tree, fc.nat(), (picks, pick) => {
        const customers = picks.map((parent, n) => node(`n${n}`, n === 0 ? null : `n${parent % n}`));
        expect(told({ customers })).toEqual([]);
        const leaf = customers[1 + (pick % (customers.length - 1))] as Node;
        const turned = customers.map((one) => (one.id === 'n0' ? { ...one, parentId: leaf.id } : one));
        const none = { entities: [], nodes: [], members: [] };
        const found = checkHierarchies({ ...none, customers: turned }, [], []);
        expect(found.map(({ kind }) => kind)).toEqual(['circle']);
        const reversed = checkHierarchies({ ...none, customers: turned.toReversed() }, [], []);
        expect(sortDifferences(reversed)).toEqual(sortDifferences(found));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { checkMembers, type Member } from './members.ts';

const center: Member = {
  ...{ id: 'a', type: 'cost-center', code: '4711', name: 'Support', instance: 'group', above: ['n1'] },
  ...{ isDeleted: false, changedAt: null },
};
const node = { id: 'n1', isDeleted: false, changedAt: null };
const told = (members: readonly Member[], nodes = [node]) =>
  checkMembers(members, nodes).map((one) => [one.kind, one.objectType, one.object, one.expected, one.actual]);

describe('cost and profit centres', () => {
  it.each<[string, readonly Member[], readonly (typeof node)[], unknown[]]>([
    ['stand below a node that is there', [center], [node], []],
    ['may stand below none', [{ ...center, above: [] }], [], []],
    ['stand below one that is not there', [center], [], [['orphan', 'cost-center', 'a', null, 'n1']]],
    [
      'stand below one that was deleted',
      [{ ...center, type: 'profit-center' }],
      [{ ...node, isDeleted: true }],
      [['orphan', 'profit-center', 'a', null, 'n1']],
    ],
    ['that were deleted stand nowhere', [{ ...center, isDeleted: true }], [], []],
    ['have one name in two ERPs', [center, { ...center, id: 'b', instance: 'region' }], [node], []],
    [
      'have another name under the same code in another ERP',
      [{ ...center, id: 'b', instance: 'region', name: 'Sales' }, center],
      [node],
      [['name', 'cost-center', '4711', 'Support', 'Sales']],
    ],
    [
      'may share a code with a profit centre',
      [center, { ...center, id: 'b', type: 'profit-center', name: 'Sales' }],
      [node],
      [],
    ],
  ])('%s', (_name, members, nodes, expected) => {
    expect(told(members, [...nodes])).toEqual(expected);
  });
});

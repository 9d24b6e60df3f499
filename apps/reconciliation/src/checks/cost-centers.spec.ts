import { expect, it } from 'vitest';
import { compareCostCenters } from './cost-centers.ts';
import type { Member } from './members.ts';

const center: Member = {
  ...{ id: 'a', type: 'cost-center', code: '4711', name: 'Support', instance: 'group', above: [] },
  ...{ isDeleted: false, changedAt: null },
};

it.each<[string, Partial<Member>[], { code: string; name: string | null }[], unknown[]]>([
  ['both have it', [{}], [{ code: '4711', name: null }], []],
  ['two ERPs have it', [{}, { id: 'b', instance: 'region' }], [{ code: '4711', name: null }], []],
  ['planning lacks it', [{}], [], [['missing', '4711', 'Support', null]]],
  ['the ERP lacks it', [], [{ code: '99', name: 'Old' }], [['extra', '99', null, 'Old']]],
  ['the ERP has deleted it', [{ isDeleted: true }], [{ code: '4711', name: null }], [['extra', '4711', null, '4711']]],
  ['a profit centre is none', [{ type: 'profit-center' }], [], []],
])('cost centres: %s', (_name, members, planned, expected) => {
  const found = compareCostCenters(
    members.map((more) => ({ ...center, ...more })),
    planned,
  );
  expect(found.map((one) => [one.kind, one.object, one.expected, one.actual])).toEqual(expected);
});

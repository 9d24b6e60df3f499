import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erpDocument } from '../../test/sides.ts';
import type { Document } from './documents.ts';
import { difference, sortDifferences } from './difference.ts';
import { checkReversals, withGrace, withoutReversed } from './reversals.ts';
import type { Reversed, ReversalSide } from './reversals.ts';

const HOUR = 3_600_000;
const CHECK = 'invoices-erp-topic';
const reversed: Reversed = {
  ...{ type: 'invoice', id: 'd1', number: 'DOC1', legalEntityId: 'le', currency: 'CHF', date: '2026-03-31' },
  changedAt: '2026-04-01T00:00:00.000Z',
};
const side = (name: string, change: Partial<ReversalSide> = {}): ReversalSide => ({
  ...{ name, reversed: [], standing: [] },
  ...change,
});
const standing = { standing: [erpDocument] };
const told = (erp: ReversalSide, topic: ReversalSide): unknown[] =>
  checkReversals(CHECK, erp, topic, HOUR).map(({ kind, objectType, object, expected, actual, evidence }) => [
    ...[kind, objectType, object, expected, actual],
    ...[evidence['reversedIn'], evidence['standsIn']],
  ]);

describe('voids and cancellations', () => {
  it.each<[string, ReversalSide, ReversalSide, unknown[]]>([
    ['that both sides have', side('ERP', { reversed: [reversed] }), side('topic', { reversed: [reversed] }), []],
    ['that nobody has', side('ERP', standing), side('topic', standing), []],
    ['of what the other never had', side('ERP', { reversed: [reversed] }), side('topic'), []],
    [
      'that the topic does not show',
      side('ERP', { reversed: [reversed] }),
      side('topic', standing),
      [['reversal-missing', 'invoice', 'd1', '0', '100', 'ERP', 'topic']],
    ],
    [
      'that the ERP does not show',
      side('ERP', standing),
      side('topic', { reversed: [reversed] }),
      [['reversal-missing', 'invoice', 'd1', '100', '0', 'topic', 'ERP']],
    ],
  ])('%s', (_name, erp, topic, expected) => {
    expect(told(erp, topic)).toEqual(expected);
  });

  it('have a time of their own, from when they were made', () => {
    expect(checkReversals(CHECK, side('ERP', { reversed: [reversed] }), side('topic', standing), HOUR)).toMatchObject([
      {
        ...{ graceMs: HOUR, changedAt: ['2026-04-01T00:00:00.000Z'], currency: 'CHF', legalEntityId: 'le' },
        difference: '100',
      },
    ]);
  });

  it('are told once: the comparison of documents leaves them out', () => {
    expect(withoutReversed([erpDocument], [reversed])).toEqual([]);
    expect(withoutReversed([erpDocument], [{ ...reversed, id: 'd2' }])).toEqual([erpDocument]);
    expect(withoutReversed([erpDocument], [])).toEqual([erpDocument]);
  });

  it('give the sums over them the same time, and no others', () => {
    const [found] = checkReversals(CHECK, side('ERP', { reversed: [reversed] }), side('topic', standing), HOUR);
    const sum = (check: string, object: string) =>
      difference({ check, kind: 'open', objectType: 'cell', object, expected: '0', actual: '1' });
    const all = [
      ...(found ? [found] : []),
      sum('cells-erp-topic', 'CH|2026-03|CHF'),
      sum('cells-erp-topic', 'CH|2026-04|CHF'),
      sum('control-totals', 'invoice|le|2026-03|CHF'),
      sum('control-totals', 'invoice|le||CHF'),
      sum('control-totals', 'payment|le|2026-03|CHF'),
      sum('invoices-erp-topic', 'CH|2026-03|CHF'),
    ];
    const graced = withGrace(all, () => 'CH', HOUR).filter(({ graceMs }) => graceMs !== undefined);
    expect(graced.map(({ check, object }) => `${check} ${object}`)).toEqual([
      'invoices-erp-topic d1',
      'cells-erp-topic CH|2026-03|CHF',
      'control-totals invoice|le|2026-03|CHF',
      'control-totals invoice|le||CHF',
    ]);
    expect(withGrace(all.slice(1), () => 'CH', HOUR)).toEqual(all.slice(1));
  });

  it('are found where one side stands and the other does not, in every order', () => {
    const states = fc.uniqueArray(fc.tuple(fc.nat(20), fc.boolean(), fc.boolean()), { selector: ([id]) => id });
    const of = (name: string, list: readonly (readonly [number, boolean])[]): ReversalSide =>
      side(name, {
        reversed: list.flatMap(([id, stands]) => (stands ? [] : [{ ...reversed, id: String(id) }])),
        standing: list.flatMap(([id, stands]): Document[] => (stands ? [{ ...erpDocument, id: String(id) }] : [])),
      });
    fc.assert(
      fc.property(states, (list) => {
        const [erp, topic] = [
          of(
            'ERP',
            list.map(([id, one]) => [id, one]),
          ),
          of(
            'topic',
            list.map(([id, , one]) => [id, one]),
          ),
        ];
        const found = checkReversals(CHECK, erp, topic, HOUR);
        expect(found.length).toBe(list.filter(([, one, other]) => one !== other).length);
        const turned = of('topic', list.map(([id, , one]) => [id, one] as const).toReversed());
        expect(sortDifferences(checkReversals(CHECK, erp, turned, HOUR))).toEqual(sortDifferences(found));
      }),
    );
  });
});

import { createComparison, type Group, type ResultComparison } from '@tieout/matching';
import type { BackTest, RuleSetHistory, RuleSetVersion } from './rules-api.client.ts';

const AT = '2026-04-01T12:00:00.000Z';
const signed = (by: string): { by: string; at: string; reason: string } => ({ by, at: AT, reason: `${by} says so` });

export const versionOf = (version: number, status: string): RuleSetVersion => ({
  ...{ name: 'payments-bank', version, status, origin: 'person', hash: 'ab12cd34ef567890', basedOn: 1 },
  ...{ drafted: signed('ann'), proposed: signed('ben'), approved: null, rejected: null, retired: null },
});

export const historyOf = (over: Partial<RuleSetHistory> = {}): RuleSetHistory => ({
  name: 'payments-bank',
  versions: [versionOf(2, 'proposed')],
  history: [{ sequence: '1', at: AT, action: 'drafted', actor: 'ann', reason: 'wider', details: { version: '2' } }],
  chainFault: null,
  ...over,
});

const group = (over: Partial<Group>): Group => ({
  ...{ outcome: 'matched', rule: 'exact', type: null, left: ['a'], right: ['n'], difference: '0', currency: 'EUR' },
  ...{ confidence: 1, expectedClearing: null, evidence: { reference: 'INV-1' } },
  ...over,
});

/** A match that is lost, which a person had confirmed. */
export function lostMatch(): ResultComparison {
  const confirmed = [{ id: 'b-1', left: ['a'], right: ['n'], by: 'mara', reason: 'same deal' }];
  const comparison = createComparison({ confirmed });
  const item = {
    ...{ date: '2026-03-01', text: null, legalEntity: null, reverses: null, changedAt: null, fields: {} },
  };
  const block = {
    left: [{ ...item, id: 'a', amount: '1200', currency: 'EUR', reference: 'INV-1', counterparty: 'Acme' }],
    right: [{ ...item, id: 'n', amount: '1200', currency: 'EUR', reference: 'inv 1', counterparty: null }],
  };
  const broken = { outcome: 'break', rule: null, confidence: 0, evidence: {} } as const;
  comparison.add(
    block,
    [group({})],
    [
      group({ ...broken, type: 'missing-right', right: [], difference: '-1200' }),
      group({ ...broken, type: 'missing-left', left: [], difference: '1200' }),
    ],
  );
  return comparison.result();
}

export const backTestOf = (over: Partial<BackTest> = {}): BackTest => ({
  ...{ backTestId: 't-1', name: 'payments-bank', version: 2, baseline: { version: 1 }, status: 'done', problem: null },
  ...{ requested: signed('ann'), endedAt: AT, progress: { targets: 1, of: 1, blocks: 1, items: 2 } },
  results: [
    {
      ...{ comparison: 'payments-bank', sides: ['erp', 'bank'], asOf: '2026-03-31', left: 1, right: 1 },
      result: lostMatch(),
    },
  ],
  ...over,
});

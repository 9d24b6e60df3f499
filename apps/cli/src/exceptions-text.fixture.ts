import type { ExceptionView, ListedException } from '@tieout/messaging';

/** An open exception as a service answers it. */
export const open: ListedException = {
  ...{ exceptionId: 'e-1', revision: '3', kind: 'order-not-written', status: 'OPEN', severity: 'WARNING' },
  ...{
    service: 'erp-adapter',
    objectType: 'order',
    objectId: '7',
    message: 'no item',
    details: { code: 'unknown-item' },
  },
  ...{ raisedAt: '2026-01-05T10:00:00.000Z', updatedAt: '2026-01-05T10:00:00.000Z', resolution: null },
  ...{ ownerGroup: 'erp-operations', assignee: null, atStake: '1200.5', currency: 'CHF', cure: 'Create the item.' },
  ...{ dueAt: '2026-01-06T10:00:00.000Z', actions: ['resolve', 'retry'], lastDecisionId: null },
};

const entry: ExceptionView['history'][number] = {
  ...{ auditId: 'a', targetType: 'exception', targetId: 'e-1', action: 'comment', actor: 'mara', role: 'operator' },
  ...{ reason: 'asked the owner', at: '2026-01-05T11:00:00.000Z', sequence: '2', beforeHash: null, afterHash: null },
  ...{ previousHash: null, hash: 'h', details: {} },
};

export const view: ExceptionView = {
  exception: open,
  actions: [{ action: 'resolve', does: 'Ends it.', needsReason: true }],
  comments: [],
  history: [entry],
  chainFault: null,
};

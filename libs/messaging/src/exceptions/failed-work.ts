import { DataError } from '../errors.ts';
import { discardItem, redriveItem } from '../work-queue.store.ts';
import type { FailedWork } from '../work-queue.ts';
import type { ExceptionKind, NewException } from './exception.ts';

const WORK_FAILED = 'work-failed';
const ITEM = 'workItem';

/** Cases of failed work items: raise `workFailed` in the queue's `onFailed`, declare this beside the service's own kinds. */
export function failedWorkKind(ownerGroup: string): ExceptionKind {
  return {
    kind: WORK_FAILED,
    severity: 'WARNING',
    ownerGroup,
    dueHours: 24,
    cure: 'Correct the cause that the message names, then decide "retry"; or decide that it is never done: "discard".',
    actions: {
      retry: {
        does: 'Does the work again from its first attempt, and then what waits behind it.',
        needsReason: false,
        async apply(tx, { details }) {
          if (!(await redriveItem(tx, details[ITEM] ?? ''))) throw notFailed();
          return 'The work is done again; failing again opens this case again.';
        },
      },
      discard: {
        does: 'Never does the work; what waits behind it goes on.',
        needsReason: true,
        async apply(tx, { details }, { reason }) {
          if (!(await discardItem(tx, details[ITEM] ?? ''))) throw notFailed();
          return `The work is never done: ${reason ?? ''}`;
        },
      },
    },
  };
}

export function workFailed({ id, kind, key, attempt, code, message }: FailedWork): NewException {
  return {
    kind: WORK_FAILED,
    subject: id,
    objectType: kind,
    objectId: key,
    message: `The work ${kind} of ${key} has failed: ${message}`.slice(0, 1_000),
    details: { [ITEM]: id, code, attempts: String(attempt) },
  };
}

const notFailed = (): DataError =>
  new DataError('work-not-failed', 'The work item is not failed any more: resolve the exception instead.');

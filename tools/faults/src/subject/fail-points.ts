import type { EntitySubscriberInterface } from 'typeorm';
import type { FailPoint, SubjectOptions } from './options.ts';

export interface FailPoints {
  /** Called where the subject itself is. */
  readonly point: (name: FailPoint) => void;
  /** Tells of the transactions that the library opens, from outside of it. */
  readonly subscriber: EntitySubscriberInterface;
}

/** The nth time that the point is reached: no handler runs, no socket is closed in order. */
export function failPoints(fail: SubjectOptions['failPoint']): FailPoints {
  let left = fail?.nth ?? 0;
  const point = (name: FailPoint): void => {
    if (name === fail?.at && --left === 0) process.kill(process.pid, fail.signal);
  };
  return {
    point,
    subscriber: {
      beforeTransactionStart: () => point('before-transaction'),
      beforeTransactionCommit: () => point('before-commit'),
      afterTransactionCommit: () => point('after-commit'),
    },
  };
}

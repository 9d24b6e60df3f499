import type { FaultList as List, Strike } from '../fault-list.ts';

export interface Fault extends Strike {
  /** `cut-before`: no answer, nothing done. `cut-after`: done and committed, no answer. `slow`: late. `error`: refused. */
  readonly kind: 'cut-before' | 'cut-after' | 'slow' | 'error';
  readonly status?: number;
  readonly delayMs?: number;
}

export type FaultList = List<Fault>;

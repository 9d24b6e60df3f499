import type { FaultList as List, Strike } from '../fault-list.ts';

export interface Fault extends Strike {
  /**
   * `cut-before`: no answer, nothing done. `cut-after`: done and committed, no answer. `cut-within`: done, the connection ends in the
   * middle of the body. `truncated`: done, half of the body as if it were all. `slow`: late. Instead of doing anything: `error`, in the
   * format that was asked for; `xml` and `html`, in that format whatever was asked for; `huge`, a page of 10 MB.
   */
  readonly kind: 'cut-before' | 'cut-after' | 'cut-within' | 'truncated' | 'slow' | 'error' | 'xml' | 'html' | 'huge';
  readonly status?: number;
  readonly delayMs?: number;
  /** Seconds, for the header Retry-After. */
  readonly retryAfter?: number;
}

export type FaultList = List<Fault>;

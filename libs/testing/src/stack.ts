import type { StackHandle } from '@tieout/stack';
import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    stack: StackHandle;
  }
}

/** The stack of this test run; only in integration tests (`*.int.spec.ts`), whose global setup provides it. */
export function stack(): StackHandle {
  return inject('stack');
}

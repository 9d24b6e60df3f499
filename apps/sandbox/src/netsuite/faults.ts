/** Failures that a test or an operator of the sandbox asks for, counted down call by call. */
export interface Fault {
  /** `cut-before`: no answer, nothing done. `cut-after`: done and committed, no answer. `slow`: late. `error`: refused. */
  readonly kind: 'cut-before' | 'cut-after' | 'slow' | 'error';
  /** How many matching calls it strikes. */
  readonly count: number;
  readonly method?: string;
  /** Part of the path that a call must contain. */
  readonly path?: string;
  readonly status?: number;
  readonly delayMs?: number;
}

export interface FaultList {
  add(fault: Fault): void;
  clear(): void;
  /** The fault that strikes this call, used up by one. */
  take(method: string, path: string): Fault | null;
}

export function createFaultList(): FaultList {
  let pending: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => void pending.push({ fault, left: fault.count }),
    clear: () => void (pending = []),
    take(method, path) {
      const hit = pending.find(({ fault, left }) => left > 0 && matches(fault, method, path));
      if (!hit) return null;
      hit.left -= 1;
      pending = pending.filter(({ left }) => left > 0);
      return hit.fault;
    },
  };
}

function matches(fault: Fault, method: string, path: string): boolean {
  return (!fault.method || fault.method === method) && (!fault.path || path.includes(fault.path));
}

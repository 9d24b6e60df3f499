/** Which calls a failure strikes. */
export interface Strike {
  /** How many matching calls it strikes. */
  readonly count: number;
  /** How many matching calls pass before. */
  readonly skip?: number;
  readonly method?: string;
  /** Part of the address that a call must contain. */
  readonly path?: string;
}

/** Failures that a test or an operator of a sandbox asks for, counted down call by call. */
export interface FaultList<Fault extends Strike> {
  add(fault: Fault): void;
  clear(): void;
  /** The fault that strikes this call, used up by one. */
  take(method: string, path: string): Fault | null;
}

export function createFaultList<Fault extends Strike>(): FaultList<Fault> {
  let pending: { fault: Fault; skip: number; left: number }[] = [];
  return {
    add: (fault) => void pending.push({ fault, skip: fault.skip ?? 0, left: fault.count }),
    clear: () => void (pending = []),
    take(method, path) {
      const matching = pending.filter(({ fault }) => matches(fault, method, path));
      const hit = matching.find(({ skip }) => skip === 0);
      for (const waiting of matching) if (waiting.skip > 0) waiting.skip -= 1;
      if (!hit) return null;
      hit.left -= 1;
      pending = pending.filter(({ left }) => left > 0);
      return hit.fault;
    },
  };
}

function matches(fault: Strike, method: string, path: string): boolean {
  return (!fault.method || fault.method === method) && (!fault.path || path.includes(fault.path));
}

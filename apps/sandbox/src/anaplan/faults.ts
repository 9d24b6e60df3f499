/** Faults that a test or demonstration can order for the next calls. */
export const FAULTS = ['cancel-task', 'fail-task', 'lose-task-answer', 'too-many-requests', 'unavailable'] as const;
export type Fault = (typeof FAULTS)[number];

export interface Faults {
  order(fault: Fault, times: number): void;
  /** True when this fault was ordered and is now used up by one. */
  take(fault: Fault): boolean;
}

export function createFaults(): Faults {
  const ordered = new Map<Fault, number>();
  return {
    order: (fault, times) => void ordered.set(fault, (ordered.get(fault) ?? 0) + times),
    take: (fault) => {
      const left = ordered.get(fault) ?? 0;
      if (left > 0) ordered.set(fault, left - 1);
      return left > 0;
    },
  };
}

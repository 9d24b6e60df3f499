/** Something changed: whoever waits looks again. */
export class Pulse {
  readonly #waiting = new Set<() => void>();

  beat(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const go of waiting) go();
  }

  /** Resolves with the next beat, or when the time is over; null waits for the beat alone. */
  next(limitMs: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = limitMs === null ? undefined : setTimeout(() => done(), limitMs);
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.add(done);
    });
  }
}

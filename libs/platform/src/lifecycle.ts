import type { Logger } from './logging.ts';

/**
 * The parts of a service that run by themselves. Started relay -> consumers -> workers, so that nothing produces before it
 * can be published; stopped consumers -> workers -> relay, so that what was finished still goes out.
 */
export type Phase = 'relay' | 'consumers' | 'workers';
const START_ORDER: readonly Phase[] = ['relay', 'consumers', 'workers'];
const STOP_ORDER: readonly Phase[] = ['consumers', 'workers', 'relay'];

export interface Part {
  readonly name: string;
  readonly phase: Phase;
  /** Resolves when the part is running; rejects to make the service exit. */
  readonly start?: () => Promise<void>;
  /** Stops taking new work and resolves when the current work is finished. */
  readonly stop: () => Promise<void>;
}

/** Register parts while the module is built (a provider's factory); runService starts and stops them in order. */
export class Lifecycle {
  readonly #parts: Part[] = [];
  readonly #started: Part[] = [];
  readonly #phases: readonly Phase[];

  /** @param phases those that are started at all; a service that builds its state beside a live one only consumes */
  constructor(phases: readonly Phase[] = START_ORDER) {
    this.#phases = phases;
  }

  register(part: Part): void {
    this.#parts.push(part);
  }

  async start(): Promise<void> {
    const phases = START_ORDER.filter((phase) => this.#phases.includes(phase));
    for (const part of inOrder(this.#parts, phases)) {
      this.#started.push(part);
      await part.start?.();
    }
  }

  /** A part that fails to stop is logged and does not keep the others from stopping. */
  async stop(logger: Logger): Promise<void> {
    for (const phase of STOP_ORDER) {
      const parts = this.#started.filter((part) => part.phase === phase);
      await Promise.all(
        parts.map((part) =>
          part
            .stop()
            .catch((error: unknown) => logger.error({ err: error, part: part.name }, 'part did not stop cleanly')),
        ),
      );
    }
    this.#started.length = 0;
  }
}

const inOrder = (parts: readonly Part[], order: readonly Phase[]): readonly Part[] =>
  order.flatMap((phase) => parts.filter((part) => part.phase === phase));

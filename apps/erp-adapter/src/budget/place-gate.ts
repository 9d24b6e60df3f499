import type { CallUse } from '@tieout/connector-erp';
import { demandOf, nextUse, uses, type Demand } from './shares.ts';

interface Waiting {
  readonly enter: () => void;
  readonly since: number;
}

/**
 * The places that this replica holds, and who waits for one. It starts a call only while the places are surely its own:
 * nothing here asks the database.
 */
export class PlaceGate {
  readonly #clock: () => number;
  readonly #onStarving: () => void;
  readonly #onWaited: (use: CallUse, milliseconds: number) => void;
  readonly #waiting = new Map<CallUse, Set<Waiting>>(uses.map((use) => [use, new Set()]));
  readonly #running: Record<CallUse, number> = demandOf(() => 0);
  /** Held in the database, as far as we know: never fewer than are under way. */
  #held = 0;
  /** To which it comes down as calls end. */
  #target = 0;
  #validUntil = -Infinity;
  /** Calls that the rate lets out. */
  #credit: number;
  #turn = 0;

  /** `clock` in milliseconds; `onStarving` when somebody waits for what only the database can give. */
  constructor(options: {
    readonly clock: () => number;
    readonly credit: number;
    readonly onStarving: () => void;
    readonly onWaited: (use: CallUse, milliseconds: number) => void;
  }) {
    this.#clock = options.clock;
    this.#credit = options.credit;
    this.#onStarving = options.onStarving;
    this.#onWaited = options.onWaited;
  }

  get running(): number {
    return uses.reduce((sum, use) => sum + this.#running[use], 0);
  }

  get waiting(): number {
    return uses.reduce((sum, use) => sum + this.#waiting.get(use)!.size, 0);
  }

  get held(): number {
    return this.#held;
  }

  get credit(): number {
    return this.#credit;
  }

  get demand(): Demand {
    return demandOf((use) => this.#running[use] + this.#waiting.get(use)!.size);
  }

  /** Resolves with a place taken. @throws the signal's reason */
  enter(use: CallUse, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const queue = this.#waiting.get(use)!;
      const giveUp = (): void => {
        queue.delete(one);
        reject(signal!.reason as Error);
      };
      const one: Waiting = {
        since: this.#clock(),
        enter: () => {
          signal?.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      queue.add(one);
      this.#admit();
      if (queue.has(one)) this.#onStarving();
    });
  }

  /** Answers true when the place is no longer to be used here: others wait for it. */
  leave(use: CallUse): boolean {
    this.#running[use] -= 1;
    const before = this.#held;
    if (before > this.#target) this.#held = Math.max(this.#target, this.running);
    this.#admit();
    return this.#held < before;
  }

  /** Comes down at once to half of what it may have: the vendor said that it is too many. */
  slowDown(): void {
    this.aim(Math.max(1, Math.ceil(this.#target / 2)));
  }

  /**
   * Takes no more than `target` places from now on. Answers how many are to be held in the database: those, or as many as are
   * still under way.
   */
  aim(target: number): number {
    this.#target = target;
    this.#held = Math.min(this.#held, Math.max(target, this.running));
    return Math.max(target, this.running);
  }

  /** What the database now says is ours, until `validUntil` of the clock. */
  grant(held: number, validUntil: number, credit: number): void {
    this.#held = Math.max(Math.min(held, this.#target), this.running);
    this.#validUntil = validUntil;
    this.#credit += credit;
    this.#admit();
  }

  /** Takes the unused credit out, to be given back. */
  takeCredit(): number {
    const unused = this.#credit;
    this.#credit = 0;
    return unused;
  }

  #admit(): void {
    while (this.running < Math.min(this.#held, this.#target) && this.#credit >= 1) {
      if (this.#clock() >= this.#validUntil) return;
      const use = nextUse(
        demandOf((each) => this.#waiting.get(each)!.size),
        this.#turn,
      );
      if (use === null) return;
      const queue = this.#waiting.get(use)!;
      const [first] = queue;
      queue.delete(first!);
      this.#turn += 1;
      this.#running[use] += 1;
      this.#credit -= 1;
      this.#onWaited(use, this.#clock() - first!.since);
      first!.enter();
    }
  }
}

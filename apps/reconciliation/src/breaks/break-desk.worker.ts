import { derivedId } from '@tieout/canonical';
import { appendAudits, currentRevision, type Outbox } from '@tieout/messaging';
import type { Logger } from '@tieout/platform';
import type { EntityManager } from 'typeorm';
import { auditActOf, type BreakState, type Transition } from './break-state.ts';
import { BREAK_TOPIC, lockBreaks, overdueBreaks, putBreaks } from './break.store.ts';
import { performAll, type ActContext, type ActRequest, type Objection, type Performed } from './decide.ts';
import { loadRates } from './exchange-rate.store.ts';
import type { BreakPolicy } from './policy.ts';
import { expired } from './transition.ts';
import type { Triage } from './triage.ts';

export const BREAK_DESK = 'BREAK_DESK';

/** What became of a person's acts on one break. */
export type ActsOutcome =
  | { readonly status: 'unknown' }
  | { readonly status: 'refused'; readonly objection: Objection }
  | { readonly status: 'done'; readonly state: BreakState };

/** Acts of one person on one break that he saw at a revision. */
export interface ActsRequest {
  readonly breakId: string;
  readonly expectedRevision: bigint;
  readonly acts: readonly ActRequest[];
  readonly actor: string;
  readonly role: string;
}

export interface BreakDeskOptions {
  readonly outbox: Outbox;
  readonly policy: BreakPolicy;
  readonly groupCurrency: string;
  readonly logger: Logger;
  readonly now?: () => Date;
}

/**
 * Writes what happens to breaks. Everything is in the caller's transaction: rows, states on finance.break.v1, decisions, audit entries;
 * a call that throws leaves nothing once it is rolled back. Waits for nothing but the rows' locks, taken in sorted order.
 */
export class BreakDesk {
  readonly outbox: Outbox;
  readonly policy: BreakPolicy;
  readonly logger: Logger;
  /** Nobody acts before what a lost database held was read back. */
  ready: Promise<unknown> = Promise.resolve();
  readonly #groupCurrency: string;
  readonly #now: () => Date;

  constructor({ outbox, policy, groupCurrency, logger, now = () => new Date() }: BreakDeskOptions) {
    this.outbox = outbox;
    this.policy = policy;
    this.logger = logger;
    this.#groupCurrency = groupCurrency;
    this.#now = now;
  }

  async triage(tx: EntityManager): Promise<Triage> {
    return { policy: this.policy, groupCurrency: this.#groupCurrency, rates: await loadRates(tx) };
  }

  context(actor: string, role: string): ActContext {
    return { actor, role, at: this.#now().toISOString(), policy: this.policy };
  }

  /** All of the acts or none: of two who act at once on what they saw the second is refused. A dry run writes nothing. */
  async act(tx: EntityManager, request: ActsRequest, dryRun = false): Promise<ActsOutcome> {
    const { breakId, expectedRevision, acts, actor, role } = request;
    await this.ready;
    const state = (await lockBreaks(tx, [breakId])).get(breakId);
    if (state === undefined) return { status: 'unknown' };
    const stale = staleness(await currentRevision(tx, BREAK_TOPIC, breakId), expectedRevision);
    if (stale !== null) return { status: 'refused', objection: stale };
    const { performed, objection } = performAll(state, expectedRevision, acts, this.context(actor, role));
    if (objection !== null) return { status: 'refused', objection };
    if (!dryRun) await this.#keep(tx, performed);
    return { status: 'done', state: performed.at(-1)?.transition.after ?? state };
  }

  /** Opens again what was pending until a day that is over, a hundred at most; answers how many. */
  async reopenOverdue(tx: EntityManager): Promise<number> {
    const at = this.#now().toISOString();
    const known = await lockBreaks(tx, await overdueBreaks(tx, at.slice(0, 10)));
    const transitions = [...known.values()].flatMap((state) => expired(state, at, this.policy) ?? []);
    await this.store(tx, transitions);
    return transitions.length;
  }

  async store(tx: EntityManager, transitions: readonly Transition[]): Promise<void> {
    if (transitions.length === 0) return;
    const states = transitions.map(({ after }) => after);
    await putBreaks(tx, states);
    await this.outbox.publishState(
      tx,
      BREAK_TOPIC,
      states.map((value) => ({ key: value.breakId, value })),
    );
    await appendAudits(tx, this.outbox, transitions.map(auditActOf));
  }

  /** One after the other: each act makes a revision of its own. */
  async #keep(tx: EntityManager, performed: readonly Performed[]): Promise<void> {
    for (const { decision, transition } of performed) {
      const id = derivedId('decision', decision.decisionId);
      await this.outbox.publish(tx, [{ topic: 'finance.decision.v1', key: decision.targetId, id, value: decision }]);
      await this.store(tx, [transition]);
    }
  }
}

export function staleness(revision: bigint, expected: bigint): Objection | null {
  if (revision === expected) return null;
  return { code: 'revision-stale', message: `The break has changed: it is at revision ${revision}, not ${expected}.` };
}

import { derivedId, type Decision } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import { appendAudits } from '../audit.store.ts';
import type { Outbox } from '../outbox.ts';
import { currentRevision } from '../state-revision.store.ts';
import {
  ASSIGN,
  auditActOf,
  COMMENT,
  decided,
  decisionOf,
  exceptionId,
  objectionTo,
  raised,
  RESOLVE,
  resolved,
  type DecisionRequest,
  type ExceptionKind,
  type ExceptionState,
  type NewException,
  type Objection,
  type Transition,
} from './exception.ts';
import { claimCases, lockCases, openCasesAbout, saveCases, type ObjectRef } from './exception.store.ts';

const TOPIC = 'finance.exception.v1';

/** What somebody looked at, and what is wrong with it now. */
export interface Examination {
  readonly objects: readonly ObjectRef[];
  /** Only their cases end. Without: every case about the objects, for which then nobody else may look at them. */
  readonly subjects?: readonly string[];
  /** What the look can tell: who did not look for a foreign edit cannot say that it is gone. */
  readonly kinds: readonly string[];
  readonly found: readonly NewException[];
  /** How an open case ends that is not found again. */
  readonly resolution: string;
}

/** What became of a person's act; `state` is the case as it is now. */
export interface Verdict {
  readonly state: ExceptionState;
  /** Null: it is done. */
  readonly objection: Objection | null;
}

/**
 * The cases of one service. Everything happens in the caller's transaction: the case, its state on finance.exception.v1, its
 * audit entry, and for a person's act the decision and what it does. Nothing is called outside, nothing waits but for the rows'
 * locks; a call that throws leaves nothing once its transaction is rolled back. States of one case leave in the order of its revisions.
 */
export class Exceptions {
  readonly #service: string;
  readonly #outbox: Outbox;
  readonly #kinds: () => readonly ExceptionKind[];
  readonly #now: () => Date;

  /** @param kinds asked when needed: what a kind's actions do may need what raises it */
  constructor(
    service: string,
    outbox: Outbox,
    kinds: () => readonly ExceptionKind[],
    now: () => Date = () => new Date(),
  ) {
    this.#service = service;
    this.#outbox = outbox;
    this.#kinds = kinds;
    this.#now = now;
  }

  kind(name: string): ExceptionKind | undefined {
    return this.#kinds().find(({ kind }) => kind === name);
  }

  /** Opens a case for each finding, or reopens it; the same finding again changes nothing. Of two about one case the last counts. */
  async raise(tx: EntityManager, found: readonly NewException[]): Promise<void> {
    const now = this.#now().toISOString();
    const byId = new Map(found.map((one) => [exceptionId(this.#service, one), one]));
    if (byId.size === 0) return;
    const known = await claimCases(tx, [...byId.keys()]);
    await this.#store(
      tx,
      [...byId].map(([id, one]) => raised(known.get(id) ?? null, one, this.#declared(one.kind), this.#service, now)),
    );
  }

  /** The causes are gone; cases that are over, or never were, stay as they are. */
  async resolve(tx: EntityManager, ids: readonly string[], resolution: string): Promise<void> {
    if (ids.length === 0) return;
    const now = this.#now().toISOString();
    const known = await lockCases(tx, ids);
    await this.#store(
      tx,
      [...known.values()].map((state) => resolved(state, resolution, now)),
    );
  }

  /** The id of a case of this service. */
  idOf(one: Pick<NewException, 'kind' | 'subject'>): string {
    return exceptionId(this.#service, one);
  }

  /** Raises what was found and resolves the open cases about the objects that it does not repeat. */
  async examined(tx: EntityManager, { objects, subjects, kinds, found, resolution }: Examination): Promise<void> {
    await this.raise(tx, found);
    if (objects.length === 0 || kinds.length === 0) return;
    const still = new Set(found.map((one) => this.idOf(one)));
    const open = await openCasesAbout(tx, objects, kinds);
    const looked =
      subjects && new Set(subjects.flatMap((subject) => kinds.map((kind) => this.idOf({ kind, subject }))));
    const over = open.filter((id) => !still.has(id) && (looked?.has(id) ?? true));
    await this.resolve(tx, over, resolution);
  }

  /**
   * Takes a person's act: if the case is still at the revision that he saw and allows it, what it does, the case's next revision,
   * the decision and the audit entry are written together; of two who decide at once the second is refused. Null: no such case.
   */
  async decide(tx: EntityManager, id: string, request: DecisionRequest): Promise<Verdict | null> {
    const before = (await lockCases(tx, [id])).get(id);
    if (before === undefined) return null;
    const kind = this.kind(before.kind);
    const objection = objectionTo(request, before, await currentRevision(tx, TOPIC, id), kind);
    if (objection !== null) return { state: before, objection };
    const decision = decisionOf(before, request, this.#now().toISOString());
    const resolution = await this.#apply(tx, before, decision, kind);
    // What it set going may have moved the case already.
    const current = (await lockCases(tx, [id])).get(id) ?? before;
    const transition = decided(current, decision, current.status === 'OPEN' ? resolution : null);
    await this.#outbox.publish(tx, [
      { topic: 'finance.decision.v1', key: id, id: derivedId('decision', decision.decisionId), value: decision },
    ]);
    await this.#store(tx, [transition]);
    return { state: transition.after, objection: null };
  }

  async #apply(
    tx: EntityManager,
    exception: ExceptionState,
    decision: Decision,
    kind: ExceptionKind | undefined,
  ): Promise<string | null> {
    switch (decision.action) {
      case ASSIGN:
      case COMMENT:
        return null;
      case RESOLVE:
        return decision.reason;
      default:
        return kind!.actions![decision.action]!.apply(tx, exception, decision);
    }
  }

  #declared(name: string): ExceptionKind {
    const kind = this.kind(name);
    if (kind === undefined) throw new Error(`${this.#service} does not declare exceptions of kind ${name}`);
    return kind;
  }

  async #store(tx: EntityManager, changes: readonly (Transition | null)[]): Promise<void> {
    const transitions = changes.filter((one) => one !== null);
    if (transitions.length === 0) return;
    const states = transitions.map(({ after }) => after);
    await saveCases(tx, states);
    await this.#outbox.publishState(
      tx,
      TOPIC,
      states.map((value) => ({ key: value.exceptionId, value })),
    );
    await appendAudits(tx, this.#outbox, transitions.map(auditActOf));
  }
}

import { randomUUID } from 'node:crypto';
import { TOPICS, type Act } from '@tieout/canonical';
import { ApiError } from '@tieout/platform';
import type { DataSource, EntityManager } from 'typeorm';
import { appendAudits } from './audit.store.ts';
import { candidates, lockHeld } from './dead-letter-query.store.ts';
import { errorKind } from './errors.ts';
import type { Outbox } from './outbox.ts';
import { endActs } from './redrive-apply.ts';
import { letterAct, requestAct } from './redrive-audit.ts';
import { findRedrive, insertRedrive, lockRunning, type NewRedrive, type RedriveView } from './redrive-request.store.ts';
import { judge, type Judged, type JudgeRules } from './redrive.ts';
import { inTransaction } from './transaction.ts';
import type { TopicName } from '@tieout/canonical';

/** What a person asks for; `id` is made here. */
export type RedriveRequest = Omit<NewRedrive, 'id'>;

/** The consumers of this service: topic of the contract by consumer group. */
export type ConsumedTopics = ReadonlyMap<string, TopicName>;

export interface RedriveDesk {
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly consumed: () => ConsumedTopics;
}

export interface RedrivePlan {
  readonly eligible: readonly Judged[];
  readonly ineligible: readonly Judged[];
}

/** More than these are never looked at: narrow the filter. */
export const MAX_ITEMS = 20_000;
const CONFLICT_TRIES = 5;

/** What would be applied and what not, and why. Changes nothing. */
export async function planRedrive(desk: RedriveDesk, request: RedriveRequest): Promise<RedrivePlan> {
  return plan(desk, desk.dataSource.manager, request);
}

async function plan(desk: RedriveDesk, tx: EntityManager, request: RedriveRequest): Promise<RedrivePlan> {
  const consumed = desk.consumed();
  const kindOf: JudgeRules['kindOf'] = (group) => {
    const topic = consumed.get(group);
    return topic === undefined ? null : TOPICS[topic].kind;
  };
  const lines = [...consumed.keys()].filter((group) => kindOf(group) === 'fact');
  const judged = judge(await candidates(tx, request.filter, lines, MAX_ITEMS), { ...request, kindOf });
  return { eligible: judged.filter(({ why }) => why === null), ineligible: judged.filter(({ why }) => why !== null) };
}

/**
 * Marks what is eligible; the owners of the partitions apply it, within a second. The marks, the request and their audit entries
 * are one transaction, so a request that was answered is never lost.
 * @throws ApiError 409 when nothing is eligible
 */
export async function requestRedrive(desk: RedriveDesk, request: RedriveRequest): Promise<RedriveView> {
  const id = randomUUID();
  await again(() =>
    inTransaction(desk.dataSource, async (tx) => {
      const planned = await plan(desk, tx, request);
      const held = await lockHeld(
        tx,
        planned.eligible.map(({ letter }) => letter.id),
      );
      const items = planned.eligible.filter(({ letter }) => held.has(letter.id));
      if (items.length === 0) throw nothingEligible(planned);
      await insertRedrive(tx, { ...request, id }, items);
      await appendAudits(tx, desk.outbox, requestedActs(id, request, items, planned));
    }),
  );
  return known(desk, id);
}

/** Two who mark the same letters at once: the later one looks again. */
async function again(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const collided = (error as { code?: string }).code === '23505' || errorKind(error) === 'transient';
      if (!collided || tries === CONFLICT_TRIES) throw error;
    }
  }
}

function nothingEligible({ ineligible }: RedrivePlan): ApiError {
  const reasons = [...new Set(ineligible.map(({ why }) => why))].join(', ');
  const message =
    ineligible.length === 0 ? 'No dead letter matches.' : `None of ${ineligible.length} can be applied: ${reasons}.`;
  return new ApiError(409, 'NOTHING_ELIGIBLE', message, 'Ask with "dryRun": true to see why for each.');
}

function requestedActs(id: string, request: RedriveRequest, items: readonly Judged[], planned: RedrivePlan): Act[] {
  const { filter, action, followers, rate, maxItems } = request;
  const details = {
    action,
    followers,
    filter: JSON.stringify(filter),
    rate: String(rate),
    maxItems: String(maxItems),
    eligible: String(items.length),
    ineligible: String(planned.ineligible.length),
  };
  const states = (status: string): { before: object; after: object } => ({
    before: { status, marked: false },
    after: { status, marked: true },
  });
  return [
    requestAct(id, 'requested', request, details),
    ...items.map(({ letter, action: forWhat }) =>
      letterAct(letter.id, 'marked', request, states(letter.status), { redriveId: id, action: forWhat }),
    ),
  ];
}

/**
 * Ends a request. When this resolves nothing more of it is applied; what it did not reach is held as before.
 * @throws ApiError 404, 409 when it has ended
 */
export async function stopRedrive(
  desk: RedriveDesk,
  id: string,
  by: { readonly actor: string; readonly role: string | null; readonly reason: string | null },
): Promise<RedriveView> {
  const stopped = await inTransaction(desk.dataSource, async (tx) => {
    const redrive = await lockRunning(tx, id);
    if (redrive === null) return false;
    const why = by.reason ?? `stopped by ${by.actor}`;
    await appendAudits(tx, desk.outbox, await endActs(tx, { id, ...by }, 'stopped', why));
    return true;
  });
  const view = await known(desk, id);
  if (!stopped) throw new ApiError(409, 'REDRIVE_ENDED', `It is ${view.state} already.`);
  return view;
}

/** @throws ApiError 404 */
export async function known(desk: RedriveDesk, id: string): Promise<RedriveView> {
  const view = await findRedrive(desk.dataSource.manager, id);
  if (view === null) throw new ApiError(404, 'REDRIVE_UNKNOWN', 'There is no request with this id.');
  return view;
}

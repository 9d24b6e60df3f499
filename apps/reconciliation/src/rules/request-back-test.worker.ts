import { randomUUID } from 'node:crypto';
import { contentHash } from '@tieout/canonical';
import { appendAudits, inTransaction, type Outbox } from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import { cutOffs, type BackTest, type BackTestTarget } from './back-test.ts';
import { endBackTest, insertBackTest, lockBackTest } from './back-test.store.ts';
import { TARGET_TYPE, type RuleSetVersion, type Signed } from './rule-set-version.ts';
import { activeVersion, findVersion, lockName } from './rule-set.store.ts';
import type { Person } from './rule-sets.worker.ts';

export interface BackTestDesk {
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly items: {
    usedBy(tx: EntityManager, ruleSet: string): Promise<readonly string[]>;
    /** Of those of the comparisons that exist. */
    latestDate(tx: EntityManager, comparisons: readonly string[]): Promise<string | null>;
  };
  readonly now?: () => Date;
}

export interface BackTestRequest {
  /** All that use the rule set when null. */
  readonly comparisons: readonly string[] | null;
  /** When null: the last day of the items and the month ends before it. */
  readonly cutOffs: readonly string[] | null;
  /** How many cut-offs, when none are named. */
  readonly periods: number;
  readonly examples: number;
}

export type Refusal = 'comparison-unknown' | 'status-wrong';

/** Asks for a back-test of a version against the one that is active now. Null: no such version. */
export function requestBackTest(
  desk: BackTestDesk,
  name: string,
  version: number,
  request: BackTestRequest,
  person: Person,
): Promise<BackTest | { readonly refusal: Refusal; readonly message: string } | null> {
  return inTransaction(desk.dataSource, async (tx) => {
    await lockName(tx, name);
    const state = (await findVersion(tx, name, version))?.state;
    if (state === undefined) return null;
    if (state.status !== 'draft' && state.status !== 'proposed')
      return { refusal: 'status-wrong', message: `Version ${version} is ${state.status}: there is nothing to decide.` };
    const signed = signedNow(desk, person);
    const targets = await targetsOf(desk, tx, name, request, signed.at.slice(0, 10));
    if (typeof targets === 'string') return { refusal: 'comparison-unknown', message: targets };
    const active = (await activeVersion(tx, name))?.state ?? null;
    const backTest = waiting(state, active, targets, request.examples, signed);
    await insertBackTest(tx, backTest);
    await audited(desk, tx, state, 'back-test-requested', signed, person.role, { backTest: backTest.backTestId });
    return backTest;
  });
}

/** Ends one that is not done; what it found goes. Null: no such back-test. */
export function cancelBackTest(desk: BackTestDesk, id: string, person: Person): Promise<BackTest | null> {
  return inTransaction(desk.dataSource, async (tx) => {
    const before = await lockBackTest(tx, id);
    if (before === null || (before.status !== 'waiting' && before.status !== 'running')) return before;
    const signed = signedNow(desk, person);
    const after: BackTest = { ...before, status: 'cancelled', endedAt: signed.at, cancelledBy: signed.by };
    await endBackTest(tx, after);
    await lockName(tx, before.name);
    const version = (await findVersion(tx, before.name, before.version))?.state;
    if (version) await audited(desk, tx, version, 'back-test-cancelled', signed, person.role, { backTest: id });
    return after;
  });
}

async function targetsOf(
  { items }: BackTestDesk,
  tx: EntityManager,
  ruleSet: string,
  { comparisons, cutOffs: given, periods }: BackTestRequest,
  today: string,
): Promise<readonly BackTestTarget[] | string> {
  const using = await items.usedBy(tx, ruleSet);
  const unknown = comparisons?.filter((name) => !using.includes(name)) ?? [];
  if (unknown.length > 0)
    return `${unknown.join(', ')}: no comparison that uses ${ruleSet}; there are: ${using.join(', ') || 'none'}.`;
  const wanted = comparisons ?? using;
  // A comparison without items is tested too: over nothing, which the approver then sees.
  const days = given ?? cutOffs((await items.latestDate(tx, wanted)) ?? today, periods);
  return wanted.flatMap((comparison) => days.map((asOf) => ({ comparison, asOf })));
}

function waiting(
  { name, version, hash }: RuleSetVersion,
  active: RuleSetVersion | null,
  targets: readonly BackTestTarget[],
  examples: number,
  requested: Signed,
): BackTest {
  return {
    ...{ backTestId: randomUUID(), name, version, hash, targets, examples, requested },
    baseline: active && { version: active.version, hash: active.hash },
    ...{ status: 'waiting', startedAt: null, endedAt: null, cancelledBy: null, results: [], resultHash: null },
    ...{ progress: { targets: 0, of: targets.length, blocks: 0, items: 0 }, problem: null },
  };
}

const signedNow = ({ now }: BackTestDesk, { subject, reason }: Person): Signed => ({
  ...{ by: subject, reason },
  at: (now?.() ?? new Date()).toISOString(),
});

/** Hold the lock of the name. The version itself stays as it is. */
export async function audited(
  { outbox }: Pick<BackTestDesk, 'outbox'>,
  tx: EntityManager,
  version: RuleSetVersion,
  action: string,
  { by: actor, at, reason }: Signed,
  role: string | null,
  details: Readonly<Record<string, string>>,
): Promise<void> {
  const hash = contentHash(version);
  await appendAudits(tx, outbox, [
    {
      ...{ targetType: TARGET_TYPE, targetId: version.name, action, actor, role, reason, at },
      ...{ beforeHash: hash, afterHash: hash },
      details: { version: String(version.version), rules: version.hash, ...details },
    },
  ]);
}

import { contentHash } from '@tieout/canonical';
import type { RuleSet } from '@tieout/matching';
import { appendAudits, inTransaction, type Outbox } from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import { approvalDetails } from './back-test.ts';
import { findBackTest } from './back-test.store.ts';
import {
  objectionToApproval,
  objectionToDraft,
  objectionToProposal,
  objectionToRejection,
  type Objection,
} from './objection.ts';
import {
  approved,
  auditActOf,
  drafted,
  proposed,
  rejected,
  retired,
  type RuleSetVersion,
  type Signed,
  type Transition,
} from './rule-set-version.ts';
import { activeVersion, findVersion, insertVersion, listVersions, lockName, updateVersion } from './rule-set.store.ts';

/** What rule sets need to know of the comparisons that use them. */
export interface ComparisonsOfRules {
  /** Names of the comparisons whose matches these rules decide. */
  usedBy(tx: EntityManager, ruleSet: string): Promise<readonly string[]>;
  /** Other rules are active: everything that they decide has to be decided again. */
  rulesChanged(tx: EntityManager, ruleSet: string): Promise<void>;
}

export interface RuleSetsOptions {
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly comparisons: ComparisonsOfRules;
  /** How old a back-test may be that an approval rests on. */
  readonly backTestMaxAgeMs: number;
  readonly now?: () => Date;
}

/** What a person does, in which role and why. */
export interface Person {
  readonly subject: string;
  readonly role: string;
  readonly reason: string;
}

/** What became of an act; `state` is the version as it is now, null when it was never written. */
export interface Verdict {
  readonly state: RuleSetVersion | null;
  /** Null: it is done. */
  readonly objection: Objection | null;
}

export interface WrittenRules {
  readonly rules: RuleSet;
  readonly source: string;
}

export interface ApprovalRequest {
  readonly backTestId: string;
  readonly acceptLost: boolean;
}

/**
 * What people do with rule sets. Each act is one transaction that holds the version and its entry in the audit chain of the name;
 * acts on one name come one after another. An unknown version answers null.
 */
export class RuleSets {
  readonly #options: RuleSetsOptions;

  constructor(options: RuleSetsOptions) {
    this.#options = options;
  }

  /** Writes a next version; nothing else changes. */
  draft(name: string, written: WrittenRules, person: Person): Promise<Verdict> {
    return this.#onName(name, async (tx) => {
      const versions = await listVersions(tx, name);
      const active = versions.find(({ status }) => status === 'active') ?? null;
      const hash = contentHash(written.rules);
      const objection = objectionToDraft(hash, active);
      if (objection !== null) return { state: null, objection };
      const version = (versions[0]?.version ?? 0) + 1;
      const draft = { name, version, origin: 'person', hash, basedOn: active?.version ?? null } as const;
      return this.#done(tx, drafted(draft, this.#signed(person)), person, written);
    });
  }

  propose(name: string, version: number, person: Person): Promise<Verdict | null> {
    return this.#onVersion(name, version, async (tx, before) => {
      const objection = objectionToProposal(before);
      if (objection !== null) return { state: before, objection };
      return this.#done(tx, proposed(before, this.#signed(person)), person);
    });
  }

  reject(name: string, version: number, person: Person): Promise<Verdict | null> {
    return this.#onVersion(name, version, async (tx, before) => {
      const objection = objectionToRejection(before);
      if (objection !== null) return { state: before, objection };
      return this.#done(tx, rejected(before, this.#signed(person)), person);
    });
  }

  /** Activates it and retires the one that was active; every comparison that uses the rules is decided again. */
  activate(name: string, version: number, request: ApprovalRequest, person: Person): Promise<Verdict | null> {
    const { comparisons, backTestMaxAgeMs: maxAgeMs } = this.#options;
    return this.#onVersion(name, version, async (tx, before) => {
      const active = (await activeVersion(tx, name))?.state ?? null;
      const backTest = await findBackTest(tx, request.backTestId);
      const signed = this.#signed(person);
      const objection = objectionToApproval(before, {
        ...{ actor: person.subject, now: signed.at, active, backTest, maxAgeMs, acceptLost: request.acceptLost },
        usedBy: await comparisons.usedBy(tx, name),
      });
      if (objection !== null) return { state: before, objection };
      const approval = approved(before, signed, backTest === null ? {} : approvalDetails(backTest));
      if (active !== null) await this.#done(tx, retired(active, approval.after, signed), person);
      const verdict = await this.#done(tx, approval, person);
      await comparisons.rulesChanged(tx, name);
      return verdict;
    });
  }

  #signed({ subject, reason }: Person): Signed {
    return { by: subject, at: (this.#options.now?.() ?? new Date()).toISOString(), reason };
  }

  #onName<R>(name: string, work: (tx: EntityManager) => Promise<R>): Promise<R> {
    return inTransaction(this.#options.dataSource, async (tx) => {
      await lockName(tx, name);
      return work(tx);
    });
  }

  #onVersion(
    name: string,
    version: number,
    work: (tx: EntityManager, before: RuleSetVersion) => Promise<Verdict>,
  ): Promise<Verdict | null> {
    return this.#onName(name, async (tx) => {
      const found = await findVersion(tx, name, version);
      return found && work(tx, found.state);
    });
  }

  async #done(tx: EntityManager, one: Transition, { role }: Person, written?: WrittenRules): Promise<Verdict> {
    await storeTransition(tx, this.#options.outbox, one, role, written);
    return { state: one.after, objection: null };
  }
}

/** Hold the lock of the name. @param written the rules of a new version */
export async function storeTransition(
  tx: EntityManager,
  outbox: Outbox,
  transition: Transition,
  role: string | null,
  written?: WrittenRules,
): Promise<void> {
  if (written === undefined) await updateVersion(tx, transition.after);
  else await insertVersion(tx, { state: transition.after, ...written });
  await appendAudits(tx, outbox, [auditActOf(transition, role)]);
}

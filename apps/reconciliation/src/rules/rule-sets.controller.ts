import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { verifyChain, type Audit } from '@tieout/canonical';
import { parseRuleSet, RuleSetError, type RuleSet } from '@tieout/matching';
import { readChain } from '@tieout/messaging';
import { ApiError, CurrentUser, parseInput, RequireRole, type User } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { parse } from 'yaml';
import type { ObjectionCode } from './objection.ts';
import { findVersion, listVersions } from './rule-set.store.ts';
import { TARGET_TYPE, type RuleSetVersion } from './rule-set-version.ts';
import { actBody, activateBody, draftBody, ruleSetName, versionNumber } from './rule-sets-input.ts';
import { RuleSets, type Person, type Verdict } from './rule-sets.worker.ts';

/** A rule set with what is active and what waits for a person. */
export interface RuleSetSummary {
  readonly name: string;
  readonly active: RuleSetVersion | null;
  readonly waiting: readonly RuleSetVersion[];
  readonly versions: number;
}

export interface RuleSetHistory {
  readonly name: string;
  /** The latest first. */
  readonly versions: readonly RuleSetVersion[];
  /** Oldest first: the audit chain of the name. */
  readonly history: readonly (Omit<Audit, 'sequence'> & { readonly sequence: string })[];
  /** Where the chain is broken; null when it is whole. */
  readonly chainFault: { readonly sequence: string; readonly problem: string } | null;
}

export interface RuleSetView {
  readonly version: RuleSetVersion;
  readonly rules: RuleSet;
  /** As it was written, with comments. */
  readonly source: string;
}

/** The rules that decide matches, for the people who tune them. */
@Controller('rule-sets')
@RequireRole('operator')
export class RuleSetsController {
  readonly #database: DataSource;
  readonly #ruleSets: RuleSets;

  constructor(@Inject(DataSource) database: DataSource, @Inject(RuleSets) ruleSets: RuleSets) {
    this.#database = database;
    this.#ruleSets = ruleSets;
  }

  @Get()
  @RequireRole('auditor', 'operator')
  async list(): Promise<{ ruleSets: readonly RuleSetSummary[] }> {
    const byName = Map.groupBy(await listVersions(this.#database.manager, null), ({ name }) => name);
    const ruleSets = [...byName].map(([name, versions]) => ({
      name,
      active: versions.find(({ status }) => status === 'active') ?? null,
      waiting: versions.filter(({ status }) => status === 'draft' || status === 'proposed'),
      versions: versions.length,
    }));
    return { ruleSets };
  }

  @Get(':name/versions')
  @RequireRole('auditor', 'operator')
  async versions(@Param('name') nameText: unknown): Promise<RuleSetHistory> {
    const name = parseInput(ruleSetName, nameText);
    const { manager } = this.#database;
    const versions = await listVersions(manager, name);
    if (versions.length === 0) throw unknownVersion(name);
    const chain = await readChain(manager, TARGET_TYPE, name);
    const fault = verifyChain(chain);
    return {
      ...{ name, versions },
      history: chain.map((entry) => ({ ...entry, sequence: entry.sequence.toString() })),
      chainFault: fault && { ...fault, sequence: fault.sequence.toString() },
    };
  }

  @Get(':name/versions/:version')
  @RequireRole('auditor', 'operator')
  one(@Param('name') name: unknown, @Param('version') version: unknown): Promise<RuleSetView> {
    return this.#view(...named(name, version));
  }

  /** Writes a next version of the rules; it is active when two people have seen it through. */
  @Post(':name/versions')
  async draft(
    @Param('name') nameText: unknown,
    @Body() body: unknown,
    @CurrentUser() user: User,
  ): Promise<RuleSetView> {
    const name = parseInput(ruleSetName, nameText);
    const { rules: source, reason } = parseInput(draftBody, body);
    const verdict = await this.#ruleSets.draft(
      name,
      { rules: parsedRules(source, name), source },
      personOf(user, reason),
    );
    return this.#answer(verdict, name);
  }

  @Post(':name/versions/:version/propose')
  @HttpCode(200)
  async propose(
    @Param('name') nameText: unknown,
    @Param('version') versionText: unknown,
    @Body() body: unknown,
    @CurrentUser() user: User,
  ): Promise<RuleSetView> {
    const [name, version] = named(nameText, versionText);
    const { reason } = parseInput(actBody, body);
    return this.#answer(await this.#ruleSets.propose(name, version, personOf(user, reason)), name);
  }

  @Post(':name/versions/:version/reject')
  @HttpCode(200)
  async reject(
    @Param('name') nameText: unknown,
    @Param('version') versionText: unknown,
    @Body() body: unknown,
    @CurrentUser() user: User,
  ): Promise<RuleSetView> {
    const [name, version] = named(nameText, versionText);
    const { reason } = parseInput(actBody, body);
    return this.#answer(await this.#ruleSets.reject(name, version, personOf(user, reason)), name);
  }

  /** Needs another person than the one who wrote and the one who proposed it, and the back-test that he has looked at. */
  @Post(':name/versions/:version/activate')
  @HttpCode(200)
  async activate(
    @Param('name') nameText: unknown,
    @Param('version') versionText: unknown,
    @Body() body: unknown,
    @CurrentUser() user: User,
  ): Promise<RuleSetView> {
    const [name, version] = named(nameText, versionText);
    const { reason, ...request } = parseInput(activateBody, body);
    return this.#answer(await this.#ruleSets.activate(name, version, request, personOf(user, reason)), name);
  }

  async #answer(verdict: Verdict | null, name: string): Promise<RuleSetView> {
    if (verdict === null) throw unknownVersion(name);
    const { state, objection } = verdict;
    if (objection !== null)
      throw new ApiError(
        STATUS[objection.code],
        codeOf(objection.code),
        objection.message,
        ACTION[objection.code],
        state ?? undefined,
      );
    return this.#view(name, state?.version ?? 0);
  }

  async #view(name: string, version: number): Promise<RuleSetView> {
    const found = await findVersion(this.#database.manager, name, version);
    if (found === null) throw unknownVersion(name);
    const { state, ...written } = found;
    return { version: state, ...written };
  }
}

const STATUS: Readonly<Record<ObjectionCode, number>> = {
  'status-wrong': 409,
  'rules-unchanged': 409,
  'same-person': 403,
  'back-test-missing': 409,
  'back-test-unfinished': 409,
  'back-test-old': 409,
  'back-test-baseline': 409,
  'back-test-incomplete': 409,
  'confirmed-lost': 409,
};
const ANOTHER_TEST = 'Ask for another back-test, look at it and decide again.';
const ACTION: Readonly<Partial<Record<ObjectionCode, string>>> = {
  'same-person': 'Ask a colleague with the role operator.',
  'back-test-missing': ANOTHER_TEST,
  'back-test-unfinished': ANOTHER_TEST,
  'back-test-old': ANOTHER_TEST,
  'back-test-baseline': ANOTHER_TEST,
  'back-test-incomplete': 'Ask for a back-test of all comparisons that use the rules.',
  'confirmed-lost': 'Look at these breaks; send acceptLost when they may be lost.',
};
const codeOf = (code: ObjectionCode): string => code.toUpperCase().replaceAll('-', '_');

export const personOf = ({ subject }: User, reason: string): Person => ({ subject, role: 'operator', reason });

export const named = (name: unknown, version: unknown): [string, number] => [
  parseInput(ruleSetName, name),
  parseInput(versionNumber, version),
];

export const unknownVersion = (name: string): ApiError =>
  new ApiError(404, 'RULE_SET_UNKNOWN', `There is no such version of ${name}.`, 'See GET /rule-sets.');

/** @throws ApiError 422 that names every problem */
function parsedRules(source: string, name: string): RuleSet {
  try {
    const rules = parseRuleSet(parse(source, { maxAliasCount: 100 }));
    if (rules.name === name) return rules;
    throw refused(`These are rules for ${rules.name}.`, [{ path: 'name', reason: `${rules.name} is not ${name}` }]);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if (error instanceof RuleSetError) throw refused(error.message, error.problems);
    throw new ApiError(422, 'RULES_UNREADABLE', `This is no YAML: ${(error as Error).message}`);
  }
}

const refused = (message: string, problems: readonly object[]): ApiError =>
  new ApiError(422, 'RULES_REFUSED', message, undefined, { problems });

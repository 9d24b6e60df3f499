import { callGuarded } from '@tieout/demo';
import type { ResultComparison } from '@tieout/matching';
import type { Common } from './command-line.ts';
import { reconciliationUrl } from './reconciliation-url.ts';
import { bearerToken, type TokenFlags } from './token.ts';

interface Signed {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/** The part of the service's answers that is shown here. */
export interface RuleSetVersion {
  readonly name: string;
  readonly version: number;
  readonly status: string;
  readonly origin: string;
  readonly hash: string;
  readonly basedOn: number | null;
  readonly drafted: Signed;
  readonly proposed: Signed | null;
  readonly approved: Signed | null;
  readonly rejected: Signed | null;
  readonly retired: Signed | null;
}
export interface RuleSetSummary {
  readonly name: string;
  readonly active: RuleSetVersion | null;
  readonly waiting: readonly RuleSetVersion[];
  readonly versions: number;
}
export interface RuleSetHistory {
  readonly name: string;
  readonly versions: readonly RuleSetVersion[];
  readonly history: readonly {
    readonly sequence: string;
    readonly at: string;
    readonly action: string;
    readonly actor: string;
    readonly reason: string | null;
    readonly details: Readonly<Record<string, string>>;
  }[];
  readonly chainFault: { readonly sequence: string; readonly problem: string } | null;
}
export interface RuleSetView {
  readonly version: RuleSetVersion;
  readonly source: string;
}
export interface BackTest {
  readonly backTestId: string;
  readonly name: string;
  readonly version: number;
  readonly baseline: { readonly version: number } | null;
  readonly status: string;
  readonly requested: Signed;
  readonly endedAt: string | null;
  readonly progress: { readonly targets: number; readonly of: number; readonly blocks: number; readonly items: number };
  readonly results: readonly {
    readonly comparison: string;
    readonly sides: readonly [string, string];
    readonly asOf: string;
    readonly left: number;
    readonly right: number;
    readonly result: ResultComparison;
  }[];
  readonly problem: string | null;
}

export type RulesFlags = Common & TokenFlags;

/** The rule sets of the running reconciliation, as its HTTP offers them. */
export interface RulesApi {
  list(): Promise<readonly RuleSetSummary[]>;
  history(name: string): Promise<RuleSetHistory>;
  show(name: string, version: number): Promise<RuleSetView>;
  draft(name: string, body: { readonly rules: string; readonly reason: string }): Promise<RuleSetView>;
  act(name: string, version: number, what: 'propose' | 'reject' | 'activate', body: object): Promise<RuleSetView>;
  backTests(name: string, version: number): Promise<readonly Omit<BackTest, 'results'>[]>;
  backTest(name: string, version: number, id: string): Promise<BackTest>;
  askBackTest(name: string, version: number, body: object): Promise<BackTest>;
  cancelBackTest(name: string, version: number, id: string, reason: string): Promise<BackTest>;
}

/** @throws NoRunningDemo, NoToken; every call NoAnswer with what the service said */
export async function rulesApi(flags: RulesFlags): Promise<RulesApi> {
  const url = reconciliationUrl(flags.stack);
  const token = await bearerToken(flags);
  const call = async <T>(path: string, body?: object): Promise<T> =>
    (await callGuarded(`${url}/rule-sets${path}`, { token, ...(body && { method: 'POST', body }) })) as T;
  const at = (name: string, version: number): string => `/${encodeURIComponent(name)}/versions/${version}`;
  return {
    list: async () => (await call<{ ruleSets: readonly RuleSetSummary[] }>('')).ruleSets,
    history: (name) => call(`/${encodeURIComponent(name)}/versions`),
    show: (name, version) => call(at(name, version)),
    draft: (name, body) => call(`/${encodeURIComponent(name)}/versions`, body),
    act: (name, version, what, body) => call(`${at(name, version)}/${what}`, body),
    backTests: async (name, version) =>
      (await call<{ backTests: readonly Omit<BackTest, 'results'>[] }>(`${at(name, version)}/back-tests`)).backTests,
    backTest: (name, version, id) => call(`${at(name, version)}/back-tests/${encodeURIComponent(id)}`),
    askBackTest: (name, version, body) => call(`${at(name, version)}/back-tests`, body),
    cancelBackTest: (name, version, id, reason) =>
      call(`${at(name, version)}/back-tests/${encodeURIComponent(id)}/cancel`, { reason }),
  };
}

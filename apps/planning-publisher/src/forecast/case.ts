import { derivedId, joinKey } from '@tieout/canonical';
import { type ExceptionState, SERVICE } from '../cells/receipt.ts';
import type { Finding, FindingKind } from './judge.ts';

/** Which model of which planning system. */
export interface Planning {
  readonly instance: string;
  readonly model: string;
}

/** A version by the names that people and records have for it. */
export interface VersionName {
  /** Canonical id. */
  readonly versionId: string;
  readonly name: string;
}

/** What would put each kind right, behind how many cells of which version it is about. */
const SENTENCES: Readonly<Record<FindingKind, (finding: Finding) => string>> = {
  'forecast-unknown-entity': ({ item }) =>
    `are planned for "${item}", which is the code of no legal entity: correct the item in the planning model, or create the legal entity in the ERP.`,
  'forecast-unknown-currency': ({ item }) =>
    `are planned in "${item}", which is no ISO 4217 currency: correct the code of the item in the planning model.`,
  'forecast-unreadable-amount': ({ item, example }) =>
    `of ${item} have an amount that no record can carry: round or correct it in the planning model. The first is ${example}.`,
  'forecast-ambiguous-cell': ({ item, example }) =>
    `stand twice under the legal entity "${item}": give each item of the planning model a code of its own. The first is ${example}.`,
};

/** One case per version, kind and item: found again it is the same case, reopened. */
export function caseId({ versionId }: VersionName, { kind, item }: Pick<Finding, 'kind' | 'item'>): string {
  return derivedId(`${SERVICE}/${kind}`, joinKey([versionId, item]));
}

/** The case after a finding, or null when nothing about it is new. */
export function raise(
  known: ExceptionState | undefined,
  planning: Planning,
  version: VersionName,
  finding: Finding,
  now: string,
): ExceptionState | null {
  const { kind, item, cells, example } = finding;
  const message = `${cells} ${cells === 1 ? 'cell' : 'cells'} of version ${version.name} ${SENTENCES[kind](finding)}`;
  const isOpen = known?.status === 'OPEN';
  if (isOpen && known.message === message) return null;
  return {
    exceptionId: caseId(version, finding),
    kind,
    status: 'OPEN',
    severity: 'WARNING',
    service: SERVICE,
    objectType: 'forecast-version',
    objectId: version.versionId,
    message,
    details: { ...planning, version: version.name, item, cells: String(cells), example },
    raisedAt: isOpen ? known.raisedAt : now,
    updatedAt: now,
    resolution: null,
  };
}

export function resolve(known: ExceptionState, resolution: string, now: string): ExceptionState {
  return { ...known, status: 'RESOLVED', updatedAt: now, resolution };
}

/** The cases of a version that change: what was found is raised, and what was open and not found again is resolved. */
export function changedCases(
  open: readonly ExceptionState[],
  planning: Planning,
  version: VersionName,
  findings: readonly Finding[],
  resolution: string,
  now: string,
): readonly ExceptionState[] {
  const known = new Map(open.map((one) => [one.exceptionId, one]));
  const found = new Set(findings.map((finding) => caseId(version, finding)));
  return [
    ...findings.flatMap((finding) => raise(known.get(caseId(version, finding)), planning, version, finding, now) ?? []),
    ...open.filter(({ exceptionId }) => !found.has(exceptionId)).map((one) => resolve(one, resolution, now)),
  ];
}

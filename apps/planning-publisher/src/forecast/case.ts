import { joinKey } from '@tieout/canonical';
import type { ExceptionKind, NewException, ObjectRef } from '@tieout/messaging';
import { type Finding, FINDING_KINDS, type FindingKind } from './judge.ts';

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

/** The exceptions that a forecast raises. Each is over by itself when a later reading takes the cells. */
export const FORECAST_KINDS: readonly ExceptionKind[] = FINDING_KINDS.map((kind) => ({
  ...{ kind, severity: 'WARNING', ownerGroup: 'planning-operations', dueHours: 24 },
  cure: 'Correct in the planning model what the message names; the next reading takes the cells.',
}));

export const versionObject = ({ versionId }: Pick<VersionName, 'versionId'>): ObjectRef => ({
  objectType: 'forecast-version',
  objectId: versionId,
});

/** What a case is about: one per version, kind and item. */
export function subjectOf({ versionId }: VersionName, { item }: Pick<Finding, 'item'>): string {
  return joinKey([versionId, item]);
}

/** The case of a finding. */
export function exceptionOf(planning: Planning, version: VersionName, finding: Finding): NewException {
  const { kind, item, cells, example } = finding;
  const message = `${cells} ${cells === 1 ? 'cell' : 'cells'} of version ${version.name} ${SENTENCES[kind](finding)}`;
  return {
    ...versionObject(version),
    kind,
    subject: subjectOf(version, finding),
    message,
    details: { ...planning, version: version.name, item, cells: String(cells), example },
  };
}

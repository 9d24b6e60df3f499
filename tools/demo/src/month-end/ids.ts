import { canonicalId } from '@tieout/canonical';
import type { ReportedBreak } from '../report.ts';
import type { ExpectedBreak, Reference } from './plant.ts';

/** Kinds of objects that a vendor gives ids to, with what a canonical id of each is made of. */
const ENTITIES = {
  customer: ['salesforce', 'Account'],
  product: ['salesforce', 'Product2'],
  opportunity: ['salesforce', 'Opportunity'],
  contract: ['salesforce', 'Contract'],
  'contract-line': ['salesforce', 'Contract_Line__c'],
  order: ['netsuite', 'salesOrder'],
  invoice: ['netsuite', 'invoice'],
  payment: ['netsuite', 'customerPayment'],
  'credit-memo': ['netsuite', 'creditMemo'],
} as const;
export type Entity = keyof typeof ENTITIES;
/** The demo runs one org and one account, each under this name. */
const INSTANCE = 'main';

/** What the vendors called the objects of the scenario when they were loaded. */
export interface LoadedIds {
  note(entity: Entity, key: string, vendorId: string): void;
  /** @throws Error for what was not loaded */
  vendor(entity: Entity, key: string): string;
  canonical(entity: Entity, key: string): string;
  /** Canonical id to key of everything of a kind. */
  keys(entity: Entity): ReadonlyMap<string, string>;
  /** What a canonical id is the id of, for a person; null for what was not loaded here. */
  describe(canonicalId: string): string | null;
}

export function createIds(): LoadedIds {
  const vendorIds = new Map<Entity, Map<string, string>>();
  const of = (entity: Entity): Map<string, string> => vendorIds.get(entity) ?? new Map<string, string>();
  const vendor = (entity: Entity, key: string): string => {
    const id = of(entity).get(key);
    if (id === undefined) throw new Error(`${entity} ${key} was not loaded`);
    return id;
  };
  const canonical = (entity: Entity, vendorId: string): string =>
    canonicalId(ENTITIES[entity][0], INSTANCE, ENTITIES[entity][1], vendorId);
  const keys: LoadedIds['keys'] = (entity) =>
    new Map([...of(entity)].map(([key, vendorId]) => [canonical(entity, vendorId), key]));
  return {
    note: (entity, key, vendorId) => void vendorIds.set(entity, of(entity).set(key, vendorId)),
    vendor,
    canonical: (entity, key) => canonical(entity, vendor(entity, key)),
    keys,
    describe(id) {
      for (const entity of vendorIds.keys()) {
        const key = keys(entity).get(id);
        if (key !== undefined) return `${entity.replace('-', ' ')} ${key}`;
      }
      return null;
    },
  };
}

/** What reconciliation calls it. */
export function named(reference: Reference, ids: LoadedIds): string {
  return reference.of === 'text' ? reference.text : ids.canonical(reference.of, reference.key);
}

/** The break as reconciliation must say it. */
export function inFull({ check, kind, object, expected, actual }: ExpectedBreak, ids: LoadedIds): ReportedBreak {
  const side = (reference: Reference | null): string | null => reference && named(reference, ids);
  return { check, kind, object: named(object, ids), expected: side(expected), actual: side(actual) };
}

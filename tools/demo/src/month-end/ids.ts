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
/** What SAP, the instance of the group's head, calls the same. */
const SAP_ENTITIES: Readonly<Partial<Record<Entity, string>>> = {
  ...{
    order: 'SalesOrder',
    invoice: 'BillingDocument',
    payment: 'AccountingDocument',
    'credit-memo': 'BillingDocument',
  },
};
/** The demo runs one org, one account and one SAP system. */
const INSTANCES = { vendor: 'main', sap: 'corporate' } as const;
type Place = keyof typeof INSTANCES;

/** What the vendors called the objects of the scenario when they were loaded. */
export interface LoadedIds {
  note(entity: Entity, key: string, vendorId: string, place?: Place): void;
  /** @throws Error for what was not loaded */
  vendor(entity: Entity, key: string): string;
  canonical(entity: Entity, key: string): string;
  /** Canonical id to key of everything of a kind. */
  keys(entity: Entity): ReadonlyMap<string, string>;
  /** What a canonical id is the id of, for a person; null for what was not loaded here. */
  describe(canonicalId: string): string | null;
}

interface Noted {
  readonly id: string;
  readonly place: Place;
}

export function createIds(): LoadedIds {
  const vendorIds = new Map<Entity, Map<string, Noted>>();
  const of = (entity: Entity): Map<string, Noted> => vendorIds.get(entity) ?? new Map<string, Noted>();
  const noted = (entity: Entity, key: string): Noted => {
    const found = of(entity).get(key);
    if (found === undefined) throw new Error(`${entity} ${key} was not loaded`);
    return found;
  };
  const canonical = (entity: Entity, { id, place }: Noted): string =>
    place === 'sap'
      ? canonicalId('sap-s4hana', INSTANCES.sap, SAP_ENTITIES[entity] ?? entity, id)
      : canonicalId(ENTITIES[entity][0], INSTANCES.vendor, ENTITIES[entity][1], id);
  const keys: LoadedIds['keys'] = (entity) =>
    new Map([...of(entity)].map(([key, one]) => [canonical(entity, one), key]));
  return {
    note: (entity, key, id, place = 'vendor') => void vendorIds.set(entity, of(entity).set(key, { id, place })),
    vendor: (entity, key) => noted(entity, key).id,
    canonical: (entity, key) => canonical(entity, noted(entity, key)),
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

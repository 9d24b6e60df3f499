import { SalesforceFault } from './errors.ts';
import { ACCOUNT } from './objects/account.ts';
import { CONTRACT_LINE } from './objects/contract-line.ts';
import { CONTRACT } from './objects/contract.ts';
import type { Field, SObject } from './objects/field.ts';
import { OPPORTUNITY } from './objects/opportunity.ts';
import { PRODUCT } from './objects/product.ts';

/** Objects that a new org has. */
export const STANDARD: readonly SObject[] = [ACCOUNT, OPPORTUNITY, CONTRACT, CONTRACT_LINE, PRODUCT];

/** The org's objects as they are now: an admin may add a field at any time. Names are found in any case, as the API allows. */
export interface Catalog {
  all(): readonly SObject[];
  find(name: string): SObject | undefined;
  /** The object whose ids begin like this one. */
  ofId(id: string): SObject | undefined;
  addField(object: string, name: string, field: Field): SObject;
}

export function createCatalog(): Catalog {
  const objects = new Map(STANDARD.map((object) => [object.name.toLowerCase(), object]));
  const all = (): SObject[] => [...objects.values()];
  return {
    all,
    find: (name) => objects.get(name.toLowerCase()),
    ofId: (id) => all().find(({ prefix }) => id.startsWith(prefix)),
    addField(name, field, definition) {
      const object = objects.get(name.toLowerCase())!;
      // In front of the other custom fields, so that these move: whoever counts positions needs the schema of the event.
      const fields = Object.entries(object.fields);
      const at = fields.findIndex(([other]) => other.endsWith('__c'));
      const extended = { ...object, fields: Object.fromEntries(fields.toSpliced(at, 0, [field, definition])) };
      objects.set(name.toLowerCase(), extended);
      return extended;
    },
  };
}

/** API name of a field written in any case, as SOQL and JSON bodies allow. */
export function fieldName(object: SObject, written: string): string | undefined {
  if (Object.hasOwn(object.fields, written)) return written;
  const lower = written.toLowerCase();
  return Object.keys(object.fields).find((name) => name.toLowerCase() === lower);
}

/** @throws SalesforceFault INVALID_TYPE */
export function objectNamed(catalog: Catalog, name: string): SObject {
  const object = catalog.find(name);
  if (object === undefined) throw new SalesforceFault(400, 'INVALID_TYPE', `sObject type '${name}' is not supported.`);
  return object;
}

/** API name of an external-id field. @throws SalesforceFault when the field is none */
export function externalIdField(object: SObject, written: string): string {
  const name = fieldName(object, written);
  if (name === undefined || object.fields[name]!.externalId !== true)
    throw new SalesforceFault(
      400,
      'INVALID_FIELD',
      `Provided external ID field does not exist or is not accessible: ${written}`,
    );
  return name;
}

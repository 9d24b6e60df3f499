import type { EntitySet, FunctionImport, Navigation, ODataService, Property } from './model.ts';
import { propertyNotFound } from './refusals.ts';

/** The service as a release knows it: without the properties that came later. */
export function forRelease(service: ODataService, release: number): ODataService {
  return { ...service, entitySets: service.entitySets.map((set) => ({ ...set, properties: known(set, release) })) };
}

function known({ properties }: EntitySet, release: number): Property[] {
  return properties.filter(({ since }) => since === undefined || since <= release);
}

export function typeName(set: EntitySet): string {
  return `${set.name}Type`;
}

export function qualifiedType(service: ODataService, set: EntitySet): string {
  return `${service.name}.${typeName(set)}`;
}

export function findSet(service: ODataService, name: string): EntitySet | undefined {
  return service.entitySets.find((set) => set.name === name);
}

export function findFunction(service: ODataService, name: string): FunctionImport | undefined {
  return service.functions.find((each) => each.name === name);
}

export function findProperty(set: EntitySet, name: string): Property | undefined {
  return set.properties.find((each) => each.name === name);
}

/** @throws SapError "Property ... not found in type ..." */
export function needProperty(set: EntitySet, name: string): Property {
  const property = findProperty(set, name);
  if (!property) throw propertyNotFound(name, typeName(set));
  return property;
}

export function findNavigation(set: EntitySet, name: string): Navigation | undefined {
  return set.navigations.find((each) => each.name === name);
}

/** The set that a navigation leads to. A definition that names none is a mistake of ours. */
export function targetOf(service: ODataService, { name, to }: Navigation): EntitySet {
  const set = findSet(service, to);
  if (!set) throw new Error(`${service.name}: navigation ${name} leads to ${to}, which is no entity set`);
  return set;
}

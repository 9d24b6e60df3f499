import { findSet, qualifiedType, typeName } from './edm.ts';
import type { ComplexType, EntitySet, FunctionImport, Navigation, ODataService, Property } from './model.ts';
import { escapeXml } from './xml.ts';

const edmx = 'http://schemas.microsoft.com/ado/2007/06/edmx';
const dataServices = 'http://schemas.microsoft.com/ado/2007/08/dataservices/metadata';
const edm = 'http://schemas.microsoft.com/ado/2008/09/edm';
const sap = 'http://www.sap.com/Protocols/SAPData';

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** `$metadata`: the service's types, associations, sets and functions as EDMX (CSDL 2.0). `root` is the service's address. */
export function metadataXml(service: ODataService, root: string): string {
  const schema = [
    ...service.entitySets.map((set) => entityType(service, set)),
    ...service.entitySets.flatMap((set) => set.navigations.map((each) => association(service, set, each))),
    ...complexTypes(service),
    container(service),
    // Generators of clients take the service's path from here.
    element('atom:link', { rel: 'self', href: `${root}/$metadata`, 'xmlns:atom': 'http://www.w3.org/2005/Atom' }),
  ].join('');
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<edmx:Edmx Version="1.0" xmlns:edmx="${edmx}" xmlns:m="${dataServices}" xmlns:sap="${sap}">`,
    '<edmx:DataServices m:DataServiceVersion="2.0">',
    element('Schema', { Namespace: service.name, xmlns: edm, 'xml:lang': 'en', 'sap:schema-version': '1' }, schema),
    '</edmx:DataServices></edmx:Edmx>',
  ].join('');
}

function entityType(service: ODataService, set: EntitySet): string {
  const keys = set.keys.map((Name) => element('PropertyRef', { Name })).join('');
  const properties = set.properties.map((property) => propertyElement(set, property)).join('');
  const navigations = set.navigations.map((each) =>
    element('NavigationProperty', {
      Name: each.name,
      Relationship: `${service.name}.${associationName(set, each)}`,
      FromRole: 'FromRole',
      ToRole: 'ToRole',
    }),
  );
  const attributes = { Name: typeName(set), 'sap:semantics': set.measures ? 'aggregate' : undefined };
  return element('EntityType', attributes, element('Key', {}, keys) + properties + navigations.join(''));
}

function complexTypes({ functions }: ODataService): string[] {
  const types = functions.flatMap(({ returns }) => (typeof returns === 'string' ? [] : [returns]));
  return [...new Map(types.map((type) => [type.name, type])).values()].map(({ name, properties }) =>
    element('ComplexType', { Name: name }, properties.map((property) => propertyElement(null, property)).join('')),
  );
}

function propertyElement(set: EntitySet | null, property: Property): string {
  const { name, type, maxLength, precision, scale, writable } = property;
  const isDate = type === 'Edm.DateTime';
  return element('Property', {
    Name: name,
    Type: type,
    Nullable: set?.keys.includes(name) ? false : undefined,
    MaxLength: maxLength,
    Precision: isDate ? 0 : type === 'Edm.DateTimeOffset' ? 7 : precision,
    Scale: scale,
    ConcurrencyMode: set?.etag === name ? 'Fixed' : undefined,
    'sap:display-format': isDate ? 'Date' : undefined,
    'sap:aggregation-role': set?.measures && (set.measures.includes(name) ? 'measure' : 'dimension'),
    'sap:creatable': writable === 'create' || writable === 'both' ? undefined : false,
    'sap:updatable': writable === 'update' || writable === 'both' ? undefined : false,
  });
}

function associationName(set: EntitySet, { name }: Navigation): string {
  return `${set.name}_${name}`;
}

function association(service: ODataService, set: EntitySet, navigation: Navigation): string {
  const target = service.entitySets.find(({ name }) => name === navigation.to)!;
  const from = { Type: qualifiedType(service, set), Multiplicity: '1', Role: 'FromRole' };
  const to = { Type: qualifiedType(service, target), Multiplicity: navigation.many ? '*' : '0..1', Role: 'ToRole' };
  return element('Association', { Name: associationName(set, navigation) }, element('End', from) + element('End', to));
}

function container(service: ODataService): string {
  const sets = service.entitySets.map((set) =>
    element('EntitySet', {
      Name: set.name,
      EntityType: qualifiedType(service, set),
      'sap:creatable': set.create ? undefined : false,
      'sap:updatable': set.update ? undefined : false,
      'sap:deletable': set.remove ? undefined : false,
    }),
  );
  const associations = service.entitySets.flatMap((set) =>
    set.navigations.map((each) => associationSet(service, set, each)),
  );
  const functions = service.functions.map((each) => functionImport(service, each));
  const attributes = { Name: `${service.name}_Entities`, 'm:IsDefaultEntityContainer': true };
  return element('EntityContainer', attributes, [...sets, ...associations, ...functions].join(''));
}

function associationSet(service: ODataService, set: EntitySet, navigation: Navigation): string {
  const name = associationName(set, navigation);
  const ends =
    element('End', { EntitySet: set.name, Role: 'FromRole' }) +
    element('End', { EntitySet: navigation.to, Role: 'ToRole' });
  return element('AssociationSet', { Name: `${name}_Set`, Association: `${service.name}.${name}` }, ends);
}

function functionImport(service: ODataService, called: FunctionImport): string {
  const { returns } = called;
  const set = typeof returns === 'string' ? findSet(service, returns)! : null;
  const attributes = {
    Name: called.name,
    ReturnType: set ? qualifiedType(service, set) : `${service.name}.${(returns as ComplexType).name}`,
    EntitySet: set?.name,
    'm:HttpMethod': called.method,
  };
  const parameters = called.parameters.map(({ name, type, maxLength }) =>
    element('Parameter', { Name: name, Type: type, Mode: 'In', MaxLength: maxLength }),
  );
  return element('FunctionImport', attributes, parameters.join(''));
}

function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  return content === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`;
}

import { findNavigation, findProperty, targetOf } from './edm.ts';
import type { EntitySet, Key, ODataService, Property, Values } from './model.ts';
import { invalidValue, malformed, notWritable, tooMuch, unknownInBody } from './refusals.ts';
import { fromWire } from './wire-values.ts';

const maximumEntities = 1000;

type Content = Readonly<Record<string, unknown>>;

interface Reader {
  readonly service: ODataService;
  readonly text: string;
  left: number;
}

/** The body of a creation, with what is created along with it through navigations. @throws SapError 400 */
export function parseCreation(service: ODataService, set: EntitySet, text: string): Values {
  return creation({ service, text, left: maximumEntities }, set, parseObject(text));
}

/** The body of a change; a key may be repeated in it, not changed. @throws SapError 400 */
export function parseChange(set: EntitySet, text: string, key: Key): Values {
  const values: Record<string, Values[string]> = {};
  for (const [name, value] of Object.entries(parseObject(text))) {
    if (isIgnored(name, value)) continue;
    const property = findProperty(set, name);
    if (!property) throw unknownInBody(name);
    const read = readValue(property, value, text);
    if (set.keys.includes(name) && read === key[name]) continue;
    if (property.writable !== 'update' && property.writable !== 'both') throw notWritable(name, 'update');
    values[name] = read;
  }
  return values;
}

function creation(reader: Reader, set: EntitySet, content: Content): Values {
  if (--reader.left < 0) throw tooMuch('Too many entities in one request', 'Zu viele Entitäten in einer Anfrage');
  const values: Record<string, Values[string]> = {};
  for (const [name, value] of Object.entries(content)) {
    if (isIgnored(name, value)) continue;
    const property = findProperty(set, name);
    values[name] = property ? created(property, value, reader.text) : related(reader, set, name, value);
  }
  return values;
}

function created(property: Property, value: unknown, text: string): Values[string] {
  const read = readValue(property, value, text);
  if (property.writable !== 'create' && property.writable !== 'both') throw notWritable(property.name, 'create');
  return read;
}

function related(reader: Reader, set: EntitySet, name: string, value: unknown): readonly Values[] {
  const navigation = findNavigation(set, name);
  if (!navigation) throw unknownInBody(name);
  const target = targetOf(reader.service, navigation);
  const list = navigation.many ? listOf(value) : value === null ? [] : [value];
  if (!list?.every(isContent)) throw invalidValue(name, offsetOf(name, reader.text), JSON.stringify(value));
  return list.map((each) => creation(reader, target, each));
}

/** `[…]` or `{"results": […]}`. */
function listOf(value: unknown): readonly unknown[] | null {
  const list = isContent(value) ? value['results'] : value;
  return Array.isArray(list) ? list : null;
}

function readValue(property: Property, value: unknown, text: string): string | boolean | number | null {
  const read = fromWire(property, value);
  if (read !== undefined) return read;
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  throw invalidValue(property.name, offsetOf(property.name, text), shown);
}

/** What clients send back of what they read: metadata and links. */
function isIgnored(name: string, value: unknown): boolean {
  return name === '__metadata' || (isContent(value) && Object.hasOwn(value, '__deferred'));
}

function offsetOf(name: string, text: string): number {
  return Math.max(0, text.indexOf(`"${name}"`));
}

function parseObject(text: string): Content {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw malformed('The request body is not valid JSON', 'Der Anfragerumpf ist kein gültiges JSON');
  }
  const content = isContent(parsed) && isContent(parsed['d']) ? parsed['d'] : parsed;
  if (!isContent(content))
    throw malformed('The request body is not a JSON object', 'Der Anfragerumpf ist kein JSON-Objekt');
  return content;
}

function isContent(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

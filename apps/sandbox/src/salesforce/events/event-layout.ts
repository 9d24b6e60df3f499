import type { SObject } from '../objects/field.ts';

/** Parts of a compound in the order of its Avro record. */
export const ADDRESS_PARTS = [
  'Street',
  'City',
  'State',
  'PostalCode',
  'Country',
  'StateCode',
  'CountryCode',
  'Latitude',
  'Longitude',
  'Xyz',
  'GeocodeAccuracy',
] as const;

/** A field of a change event: one of the object, or a compound of several. Its position is its bit; 0 is the header. */
export type EventField =
  | { readonly name: string; readonly field: string }
  | { readonly name: string; readonly parts: Readonly<Record<string, string>> };

/** `Contract_Line__c` has the events `Contract_Line__ChangeEvent`. */
export const eventName = (entity: string): string => `${entity.replace(/__c$/, '__')}ChangeEvent`;

/** The fields behind the header in order; a compound stands where the first of its parts does. */
export function layoutOf(object: SObject): readonly EventField[] {
  const compounds = Object.entries(object.compounds);
  const layout = new Map<string, EventField>();
  for (const [name, { captured }] of Object.entries(object.fields)) {
    if (!captured) continue;
    const compound = compounds.find(([, { parts }]) => Object.values(parts).includes(name));
    if (compound === undefined) layout.set(name, { name, field: name });
    else layout.set(compound[0], { name: compound[0], parts: compound[1].parts });
  }
  return [...layout.values()];
}

/**
 * Which fields, as the API tells it: `0x…` in upper-case hex for the event's own fields, bit 0 the header, then
 * `<position>-0x…` for those inside a compound. When only parts of compounds are meant, there is no leading `0x…`.
 */
export function bitmaps(layout: readonly EventField[], names: ReadonlySet<string>): string[] {
  let top = 0n;
  const nested: string[] = [];
  layout.forEach((entry, i) => {
    const position = i + 1;
    if ('field' in entry) {
      if (names.has(entry.field)) top |= 1n << BigInt(position);
      return;
    }
    const bits = ADDRESS_PARTS.reduce(
      (sum, part, bit) => (names.has(entry.parts[part] ?? '') ? sum | (1n << BigInt(bit)) : sum),
      0n,
    );
    if (bits > 0n) nested.push(`${position}-0x${hex(bits)}`);
  });
  return top > 0n ? [`0x${hex(top)}`, ...nested] : nested;
}

/** Whole bytes. */
function hex(bits: bigint): string {
  const digits = bits.toString(16).toUpperCase();
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

/** A field of a change event's schema, in the schema's order; a compound has parts. */
export interface EventField {
  readonly name: string;
  readonly parts: readonly string[];
}

const TOP = /^0x([0-9A-F]+)$/i;
const NESTED = /^(\d+)-0x([0-9A-F]+)$/i;

/**
 * Names of the fields whose bits are set. An element `0x…` is a number whose bit i stands for field i of the event, `n-0x…` one
 * whose bits stand for the parts of field n (`BillingAddress.City`). An array may hold nested elements only.
 * @throws RangeError for text that is no bitmap of these fields: what was changed is then not known
 */
export function fieldsOf(bitmaps: readonly string[], fields: readonly EventField[]): readonly string[] {
  return bitmaps.flatMap((bitmap) => {
    const top = TOP.exec(bitmap);
    if (top) return bits(top[1]!).map((bit) => at(fields, bit, bitmap).name);
    const nested = NESTED.exec(bitmap);
    if (!nested) throw invalid(bitmap, 'is not a bitmap of changed fields');
    const { name, parts } = at(fields, Number(nested[1]), bitmap);
    return bits(nested[2]!).map((bit) => `${name}.${at(parts, bit, bitmap)}`);
  });
}

/** Positions of the bits set, lowest first. By BigInt: an object has more fields than a number has exact bits. */
function bits(hex: string): readonly number[] {
  const digits = BigInt(`0x${hex}`).toString(2);
  return Array.from(digits, (digit, index) => (digit === '1' ? digits.length - 1 - index : -1))
    .filter((bit) => bit >= 0)
    .reverse();
}

function at<T>(items: readonly T[], index: number, bitmap: string): T {
  const item = items[index];
  if (item === undefined) throw invalid(bitmap, `names position ${index}, the schema has ${items.length} there`);
  return item;
}

function invalid(bitmap: string, reason: string): RangeError {
  return new RangeError(`${JSON.stringify(bitmap.slice(0, 80))} ${reason}`);
}

import avro from 'avsc';
import { DataError } from './errors.ts';

interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  readString(): string;
}
interface Readable {
  _read(tap: Tap): unknown;
}

/*
 * avsc loops as often as the block count in the record says, also past the end of the buffer: four bytes can occupy a
 * process for minutes. An item takes at least one byte, so more items than bytes left is a broken record.
 */
export class BoundedArrayType extends avro.types.ArrayType {
  protected _read(tap: Tap): unknown[] {
    const { itemsType } = this as unknown as { itemsType: Readable };
    const items: unknown[] = [];
    for (let count = blockCount(tap); count > 0; count = blockCount(tap))
      for (let n = 0; n < count; n++) items.push(itemsType._read(tap));
    return items;
  }
}

export class BoundedMapType extends avro.types.MapType {
  protected _read(tap: Tap): Record<string, unknown> {
    const { valuesType } = this as unknown as { valuesType: Readable };
    const entries: [string, unknown][] = [];
    for (let count = blockCount(tap); count > 0; count = blockCount(tap))
      for (let n = 0; n < count; n++) entries.push([tap.readString(), valuesType._read(tap)]);
    // Not assignment: a key named __proto__ would vanish.
    return Object.fromEntries(entries);
  }
}

function blockCount(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.readLong(); // Byte size of the block, for readers that skip it.
  }
  if (count > tap.buf.length - tap.pos)
    throw new DataError('avro-truncated', `A block of ${count} items in ${tap.buf.length - tap.pos} bytes`);
  return count;
}

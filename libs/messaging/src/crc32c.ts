/** Castagnoli's polynomial, reflected. zlib's crc32 is another one. */
const POLYNOMIAL = 0x82f63b78;
/** Eight tables of 256 behind one another: the n-th is for a byte that is followed by n more. */
const TABLES = makeTables();

/** CRC-32C of the bytes from `start`, eight at a time. */
export function crc32c(bytes: Uint8Array, start = 0): number {
  let crc = -1;
  let at = start;
  for (const last = bytes.length - 8; at <= last; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      TABLES[1792 + (crc & 0xff)]! ^
      TABLES[1536 + ((crc >>> 8) & 0xff)]! ^
      TABLES[1280 + ((crc >>> 16) & 0xff)]! ^
      TABLES[1024 + (crc >>> 24)]! ^
      TABLES[768 + bytes[at + 4]!]! ^
      TABLES[512 + bytes[at + 5]!]! ^
      TABLES[256 + bytes[at + 6]!]! ^
      TABLES[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) crc = TABLES[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[n] = crc;
  }
  for (let n = 256; n < tables.length; n++) {
    const before = tables[n - 256]!;
    tables[n] = tables[before & 0xff]! ^ (before >>> 8);
  }
  return tables;
}

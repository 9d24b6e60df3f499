/** Places start here, so that soon the top bit is set: an id is not a signed number, and no number at all to a client. */
const START = 0x7fff_ffff_ffff_ff00n;

/** The place in the log as the API shows it: bytes that rise. Salesforce's have two more behind the eight that count. */
export function replayId(seq: bigint): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeBigUInt64BE(START + seq);
  return bytes;
}

/** The place that a replay id names; undefined when it has not the form of one. */
export function placeOf(id: Buffer): bigint | undefined {
  if (id.length !== 8 && id.length !== 10) return undefined;
  const seq = id.readBigUInt64BE() - START;
  return seq >= 0n && seq < 1n << 62n ? seq : undefined;
}

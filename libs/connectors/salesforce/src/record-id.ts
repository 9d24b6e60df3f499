const CHECKSUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * Whether the text is a record id: 15 characters, or 18 of which the last three say where the first have capitals. A query
 * with anything else in it is refused as a whole.
 */
export function isRecordId(text: string): boolean {
  if (!/^[0-9A-Za-z]{15}([0-9A-Za-z]{3})?$/.test(text)) return false;
  return text.length === 15 || text.slice(15) === [0, 5, 10].map((start) => checksum(text, start)).join('');
}

/** A bit for each capital letter of a group of five. */
function checksum(id: string, start: number): string {
  const bits = Array.from(id.slice(start, start + 5), (letter) => (letter >= 'A' && letter <= 'Z' ? 1 : 0));
  return CHECKSUM[bits.reduce<number>((sum, bit, index) => sum + (bit << index), 0)]!;
}

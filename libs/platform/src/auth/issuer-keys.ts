import { createLocalJWKSet } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import type { Logger } from '../logging.ts';
import type { PublishedKeys } from './issuer.client.ts';
import { Refusal } from './refusal.ts';

/** Keys are read again when they are older: one that the issuer has withdrawn is refused from then on. */
const FRESH_MS = 10 * 60_000;
/** While the issuer does not answer the keys that are held keep working, for so long. */
const TRUSTED_MS = 24 * 3_600_000;
/** Least time between two readings, whatever is asked for. */
export const COOLDOWN_MS = 10_000;

interface Held {
  readonly kids: ReadonlySet<string>;
  readonly resolve: JWTVerifyGetKey;
  readonly readAt: number;
}

/**
 * Finds the key of a token by its `kid` among those that the issuer publishes. They are read at first use, when they are stale and
 * when one is unknown (a rotation), never more often than every 10 s and by one reader at a time: tokens with made-up keys cost
 * the issuer nothing. Waits for a reading, so as long as `read` takes; rejects with a Refusal: `key` when the issuer does not
 * publish the key, `keys_unavailable` when that cannot be known.
 * @param read rejects when the issuer's keys cannot be had
 */
export function issuerKeys(
  read: () => Promise<PublishedKeys>,
  logger: Logger,
  now: () => number = () => performance.now(),
): JWTVerifyGetKey {
  let held: Held | null = null;
  let askedAt = -Infinity;
  let failed = false;
  let reading: Promise<void> | null = null;

  const reread = async (): Promise<void> => {
    askedAt = now();
    try {
      const keys = await read();
      held = {
        kids: new Set(keys.map(({ kid }) => kid)),
        resolve: createLocalJWKSet({ keys: [...keys] }),
        readAt: now(),
      };
      failed = false;
    } catch (error) {
      failed = true;
      logger.warn({ err: error }, 'the keys of the issuer cannot be read');
    } finally {
      reading = null;
    }
  };

  return async (header, token) => {
    const { kid } = header;
    if (typeof kid !== 'string') throw new Refusal('malformed');
    const isFresh = held !== null && now() - held.readAt < FRESH_MS;
    if (!isFresh || !held?.kids.has(kid)) {
      if (reading === null && now() - askedAt >= COOLDOWN_MS) reading = reread();
      await reading;
    }
    if (held?.kids.has(kid) && now() - held.readAt < TRUSTED_MS) return held.resolve(header, token);
    throw new Refusal(failed ? 'keys_unavailable' : 'key');
  };
}

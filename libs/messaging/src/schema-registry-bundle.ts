import { readFileSync } from 'node:fs';
import { contentHash, TOPIC_NAMES, TOPIC_SCHEMAS, type TopicName } from '@tieout/canonical';
import { z } from 'zod';
import { MisconfiguredError } from './errors.ts';

const bundleEntry = z.strictObject({
  topic: z.string(),
  version: z.int().positive(),
  id: z.int().nonnegative().max(0xffff_ffff),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  schema: z.string(),
});
const idBundle = z.strictObject({ schemas: z.array(bundleEntry) });

/** One registered schema version of a topic: the id on the wire and the text that it stands for. */
export type BundleEntry = z.infer<typeof bundleEntry>;

/**
 * What an environment's registry holds, as written by the deploy command. A service encodes and decodes by it, so it runs
 * with the registry down, and a registry that is swapped or restored cannot change the meaning of an id unseen.
 */
export type IdBundle = z.infer<typeof idBundle>;

/**
 * SHA-256 over the whole schema with sorted keys. Not Avro's own fingerprint: that leaves logical types out, so
 * decimal(19,4) and decimal(19,2) would look the same.
 */
export function schemaFingerprint(schemaText: string): string {
  return contentHash(JSON.parse(schemaText));
}

/** @throws MisconfiguredError when the file is missing, out of shape or does not match its own fingerprints. */
export function readBundle(file: string): IdBundle {
  try {
    return checkBundle(idBundle.parse(JSON.parse(readFileSync(file, 'utf8'))));
  } catch (error) {
    if (error instanceof MisconfiguredError) throw error;
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new MisconfiguredError('bundle-unreadable', `The id bundle ${file} cannot be read: ${reason}`, {
      cause: error,
    });
  }
}

/** The bundle itself when every entry has the fingerprint of its schema, every id means one schema, and every topic's schema of today is in it. */
export function checkBundle(bundle: IdBundle): IdBundle {
  const byId = new Map<number, BundleEntry>();
  for (const entry of bundle.schemas) {
    const other = byId.get(entry.id);
    if (schemaFingerprint(entry.schema) !== entry.fingerprint)
      throw new MisconfiguredError(
        'bundle-mismatch',
        `Schema ${entry.id} of ${entry.topic} does not have the fingerprint that the id bundle states`,
      );
    if (other !== undefined && other.fingerprint !== entry.fingerprint)
      throw new MisconfiguredError(
        'bundle-mismatch',
        `Schema id ${entry.id} stands for two schemas, of ${other.topic} and ${entry.topic}`,
      );
    byId.set(entry.id, entry);
  }
  for (const topic of TOPIC_NAMES) writerEntry(bundle, topic);
  return bundle;
}

/** The entry of the schema that this code writes. @throws MisconfiguredError when the environment does not have it: contracts are applied before services start */
export function writerEntry(bundle: IdBundle, topic: TopicName, schema: string = TOPIC_SCHEMAS[topic]): BundleEntry {
  const fingerprint = schemaFingerprint(schema);
  const entry = bundle.schemas.find((each) => each.topic === topic && each.fingerprint === fingerprint);
  if (entry === undefined)
    throw new MisconfiguredError(
      'schema-not-applied',
      `The id bundle has no id for the schema of ${topic} that this build writes: apply the contracts first`,
    );
  return entry;
}

import type { BaseConfig, Logger } from '@tieout/platform';
import { createCodec, type Codec } from './codec.ts';
import { readBundle } from './schema-registry-bundle.ts';
import { connectRegistry, verifyBundle } from './schema-registry.ts';

/**
 * The codec of a service: schema ids come from the bundle that deployment wrote, the registry is asked only for ids that the
 * bundle does not know. @throws MisconfiguredError when an id of the bundle means something else in this registry
 */
export async function openCodec(config: BaseConfig, logger: Logger): Promise<Codec> {
  const connection = { url: config.SCHEMA_REGISTRY_URL };
  const bundle = readBundle(config.SCHEMA_BUNDLE);
  if (!(await verifyBundle(connection, bundle))) {
    logger.warn('the schema registry does not answer: starting on the id bundle alone');
  }
  return createCodec({ bundle, registry: connectRegistry(connection) });
}

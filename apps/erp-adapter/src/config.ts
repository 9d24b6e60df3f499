import { readFileSync } from 'node:fs';
import { defineConfig, type ConfigOf, type Environment } from '@tieout/platform';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseInstances, type InstanceConfig } from './instances/instance-config.ts';
import type { LookUp } from './instances/references.ts';

export const config = defineConfig({
  ERP_INSTANCES: {
    schema: instancesText,
    description:
      'YAML: the ERP instances with their connection, legal entities and limits; docs/how-to/configure-erp-instances.md.',
  },
  ERP_OTHER_LEGAL_ENTITIES: {
    schema: z.enum(['refuse', 'ignore']),
    description:
      'What happens to commands of legal entities that no instance holds: refuse, or ignore where another adapter holds them.',
    default: 'refuse',
  },
});

export type ErpAdapterConfig = ConfigOf<typeof config>;

/** The instances as YAML. In a log they are shown without how they are reached. */
function instancesText(environment: Environment): z.ZodType<readonly InstanceConfig[]> {
  return z.string().transform((text, context): readonly InstanceConfig[] => {
    const read = parseInstances(fromYaml(text, context), lookUpIn(environment));
    for (const { path, message } of read.faults ?? [])
      context.addIssue(`${path.length > 0 ? path.join('.') : 'it'}: ${message}`);
    return read.instances ? Object.assign([...read.instances], { toJSON: () => read.instances.map(shown) }) : z.NEVER;
  });
}

function fromYaml(text: string, context: { readonly addIssue: (message: string) => void }): unknown {
  try {
    return parse(text);
  } catch (error) {
    context.addIssue((error as Error).message);
    return null;
  }
}

function lookUpIn(environment: Environment): LookUp {
  return {
    env: (name) => environment[name] ?? null,
    file(path) {
      try {
        return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      } catch {
        return null;
      }
    },
  };
}

function shown({ connection, auth: _auth, ...policy }: InstanceConfig): object {
  return { ...policy, url: connection.url };
}

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { contentHash } from '@tieout/canonical';
import { parseRuleSet, type RuleSet } from '@tieout/matching';
import { inTransaction, MisconfiguredError, type Outbox } from '@tieout/messaging';
import type { Logger } from '@tieout/platform';
import type { DataSource } from 'typeorm';
import { parse } from 'yaml';
import { listVersions, lockName } from './rule-set.store.ts';
import { storeTransition } from './rule-sets.worker.ts';
import { shippedTransitions } from './shipped.ts';

export interface ShippedRuleSet {
  readonly name: string;
  readonly rules: RuleSet;
  readonly source: string;
}

/** The rule sets that come with the service, one a file, by name. @throws MisconfiguredError names every problem of a bad one */
export async function readShipped(folder: string): Promise<readonly ShippedRuleSet[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const source = await readFile(path.join(folder, file), 'utf8');
      const name = path.basename(file, '.yaml');
      return { name, rules: parsed(source, file, name), source };
    }),
  );
}

function parsed(source: string, file: string, name: string): RuleSet {
  try {
    const rules = parseRuleSet(parse(source));
    if (rules.name !== name) throw new Error(`its rules are for ${rules.name}`);
    return rules;
  } catch (error) {
    throw new MisconfiguredError('rules-invalid', `${file}: ${(error as Error).message}`, { cause: error });
  }
}

export interface ShippedDesk {
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly logger: Logger;
}

/** Stores what is new of them; replicas that start together do it once. */
export async function storeShipped(desk: ShippedDesk, shipped: readonly ShippedRuleSet[]): Promise<void> {
  for (const one of shipped) await inTransaction(desk.dataSource, (tx) => storeOne(desk, tx, one));
}

async function storeOne(
  { outbox, logger }: ShippedDesk,
  tx: Parameters<typeof lockName>[0],
  { name, ...written }: ShippedRuleSet,
): Promise<void> {
  await lockName(tx, name);
  const signed = { by: 'reconciliation', at: new Date().toISOString(), reason: 'shipped with the service' };
  const versions = await listVersions(tx, name);
  const todo = shippedTransitions({ name, hash: contentHash(written.rules) }, versions, signed);
  if (todo === null) return;
  await storeTransition(tx, outbox, todo.first, null, written);
  for (const one of todo.then) await storeTransition(tx, outbox, one, null);
  const { version } = todo.first.after;
  logger.info(
    { ruleSet: name, version },
    versions.length === 0 ? 'rule set stored' : 'newer shipped rule set proposed',
  );
}

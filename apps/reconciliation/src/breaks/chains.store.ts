import type { Audit } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';

/** The chains of these breaks, each with its oldest entry first. */
export async function breakChains(tx: EntityManager, breakIds: readonly string[]): Promise<Map<string, Audit[]>> {
  const rows = await tx.query<{ sequence: string; hash: string; entry: Omit<Audit, 'sequence' | 'hash'> }[]>(
    `SELECT sequence, hash, entry FROM audit_entry WHERE target_type = 'break' AND target_id = ANY($1::text[])
     ORDER BY target_id, audit_entry.sequence`,
    [breakIds],
  );
  const entries = rows.map(({ sequence, hash, entry }) => ({ ...entry, sequence: BigInt(sequence), hash }));
  return Map.groupBy(entries, ({ targetId }) => targetId);
}

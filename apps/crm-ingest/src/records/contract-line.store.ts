import type { EntityManager } from 'typeorm';

export interface ContractLineKey {
  readonly lineId: string;
  readonly contractId: string;
}

/** Remembers the contracts of lines: an event about a line names its contract only when that changed. */
export async function keepContractLines(
  tx: EntityManager,
  instance: string,
  lines: readonly ContractLineKey[],
): Promise<void> {
  if (lines.length === 0) return;
  await tx.query(
    `INSERT INTO crm_contract_line (instance, line_id, contract_id)
     SELECT $1, l."lineId", l."contractId" FROM jsonb_to_recordset($2::jsonb) AS l ("lineId" text, "contractId" text)
     ON CONFLICT (instance, line_id) DO UPDATE SET contract_id = excluded.contract_id
     WHERE crm_contract_line.contract_id <> excluded.contract_id`,
    [instance, JSON.stringify(lines)],
  );
}

/** Line -> contract, of the lines that were met with their contract before. */
export async function contractsOfLines(
  tx: EntityManager,
  instance: string,
  lineIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<ContractLineKey[]>(
    `SELECT line_id AS "lineId", contract_id AS "contractId" FROM crm_contract_line
     WHERE instance = $1 AND line_id = ANY($2)`,
    [instance, lineIds],
  );
  return new Map(rows.map(({ lineId, contractId }) => [lineId, contractId]));
}

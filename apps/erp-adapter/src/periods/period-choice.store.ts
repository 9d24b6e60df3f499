import type { EntityManager } from 'typeorm';

/** What a person decided about a document whose period was closed. */
export type PeriodChoice = { readonly decisionId: string } & (
  | { readonly kind: 'on'; readonly date: string }
  /** On the date that was asked: the period has been opened again. */
  | { readonly kind: 'as-asked' }
  | { readonly kind: 'reject' }
);

interface Row {
  readonly decisionId: string;
  readonly choice: PeriodChoice['kind'];
  readonly date: string | null;
}

/** @param commandId command whose document it is */
export async function choiceOf(tx: EntityManager, instance: string, commandId: string): Promise<PeriodChoice | null> {
  const [row] = await tx.query<Row[]>(
    `SELECT decision_id AS "decisionId", choice, to_char(date, 'YYYY-MM-DD') AS date FROM period_choice
     WHERE instance = $1 AND command_id = $2`,
    [instance, commandId],
  );
  if (!row) return null;
  const { decisionId, choice, date } = row;
  return choice === 'on' ? { decisionId, kind: choice, date: date! } : { decisionId, kind: choice };
}

/** The last decision counts. */
export async function keepChoice(
  tx: EntityManager,
  instance: string,
  commandId: string,
  choice: PeriodChoice,
): Promise<void> {
  const { decisionId, kind } = choice;
  await tx.query(
    `INSERT INTO period_choice (instance, command_id, choice, date, decision_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (instance, command_id) DO UPDATE SET choice = excluded.choice, date = excluded.date, decision_id = excluded.decision_id`,
    [instance, commandId, kind, kind === 'on' ? choice.date : null, decisionId],
  );
}

/** It did not help: whatever is tried next has to be decided anew. */
export async function dropChoice(tx: EntityManager, instance: string, commandId: string): Promise<void> {
  await tx.query(`DELETE FROM period_choice WHERE instance = $1 AND command_id = $2`, [instance, commandId]);
}

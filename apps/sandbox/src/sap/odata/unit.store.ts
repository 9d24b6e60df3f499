import type { Pool, PoolClient } from 'pg';
import type { Announcement, Write } from './model.ts';

export interface Warning {
  readonly number: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** One transaction of writes, with what they announced and warned of. */
export interface Unit {
  readonly tx: PoolClient;
  readonly write: Write;
  readonly announced: readonly Announcement[];
  /** Since the last call. */
  takeWarnings(): Warning[];
}

interface Author {
  readonly now: Date;
  readonly user: string;
}

/** Commits what `work` wrote, or nothing. What was announced is told only then. */
export async function inUnit<T>(
  pool: Pool,
  author: Author,
  onAnnounced: (events: readonly Announcement[]) => void,
  work: (unit: Unit) => Promise<T>,
): Promise<T> {
  const tx = await pool.connect();
  const unit = newUnit(tx, author);
  let result: T;
  try {
    await tx.query('begin');
    result = await work(unit);
    await tx.query('commit');
  } catch (error) {
    await tx.query('rollback');
    throw error;
  } finally {
    tx.release();
  }
  if (unit.announced.length > 0) onAnnounced(unit.announced);
  return result;
}

function newUnit(tx: PoolClient, { now, user }: Author): Unit {
  const announced: Announcement[] = [];
  let warnings: Warning[] = [];
  const write: Write = {
    tx,
    now,
    user,
    announce: (event) => void announced.push(event),
    warn: (number, texts) => void warnings.push({ number, texts }),
  };
  const takeWarnings = (): Warning[] => {
    const taken = warnings;
    warnings = [];
    return taken;
  };
  return { tx, write, announced, takeWarnings };
}

import { Client } from 'pg';

/**
 * Start-up options that a sandbox's connections need. PostgreSQL 18.4 crashes while it plans a join of our views: eliminating
 * self-joins does not know LATERAL.
 */
export async function plannerOptions(connectionString: string): Promise<string> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const setting = 'enable_self_join_elimination';
    const { rows } = await client.query('select 1 from pg_settings where name = $1', [setting]);
    return rows.length > 0 ? ` -c ${setting}=off` : '';
  } finally {
    await client.end();
  }
}

import { DataSource } from 'typeorm';
import { CallBudget1732380000001 } from '../src/migrations/1732380000001-call-budget.ts';

/** A connection pool of one replica to a database with the tables of budgets; the first makes them. */
export async function openBudgetDatabase(url: string): Promise<DataSource> {
  const migrations = [CallBudget1732380000001];
  const dataSource = new DataSource({ type: 'postgres', url, migrations, poolSize: 3, logging: false });
  await dataSource.initialize();
  await dataSource.runMigrations();
  return dataSource;
}

// `node deploy/compose/secrets.mjs [folder]`: makes the secrets that docker-compose.yml names, and leaves those alone that exist.
// Plain JavaScript without dependencies, because it runs before anything is installed.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const SERVICES = ['crm-ingest', 'order-to-cash', 'erp-adapter', 'planning-publisher', 'reconciliation'];
const folder = process.argv[2] ?? path.join(import.meta.dirname, 'secrets');
const password = () => randomBytes(24).toString('base64url');
const databaseUrl = (role, database) => `postgresql://${role}:${password()}@postgres:5432/${database}`;

// Whoever cannot enter the folder reads nothing in it. The files must be readable for the users that the containers run as.
mkdirSync(folder, { recursive: true });
chmodSync(folder, 0o700);
for (const service of SERVICES)
  make(`${service}-database-url`, () => databaseUrl(service.replaceAll('-', '_'), 'tieout'));
make('sandbox-database-url', () => databaseUrl('sandbox', 'sandbox'));
make('grafana-admin-password', password);

function make(name, value) {
  const file = path.join(folder, name);
  try {
    writeFileSync(file, value(), { flag: 'wx' });
    chmodSync(file, 0o644);
    console.log(`made ${name}`);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    console.log(`kept ${name}`);
  }
}

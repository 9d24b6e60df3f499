import { createNetSuiteClient, netsuiteConfig } from '@tieout/connector-netsuite';
import type { NetSuiteCredentials } from '@tieout/sandbox';
import { config, heard, say } from '../../parent.ts';

/** Reads all invoices with their lines and links, page after page, and does nothing with them. */
const { credentials, concurrency } = config<{
  readonly credentials: NetSuiteCredentials;
  readonly concurrency: number;
}>();
const client = createNetSuiteClient(netsuiteConfig.parse({ ...credentials, concurrency }));
say('ready');
for (;;) {
  await heard('read');
  const begun = performance.now();
  let invoices = 0;
  for (let after: { at: string; id: string } | null = { at: '1970-01-02 00:00:00', id: '0' }; after !== null;) {
    const page = await client.changedInvoices(after);
    invoices += page.rows.length;
    after = page.next;
  }
  say('result', { invoices, seconds: (performance.now() - begun) / 1_000 });
}

import { createSapClient, sapConfig, type Change, type SapClient } from '@tieout/connector-sap-s4hana';
import { config, heard, say } from '../../parent.ts';

export interface WriterConfig {
  readonly url: string;
  readonly client: string;
  readonly user: string;
  readonly password: string;
}
export interface Writes {
  readonly count: number;
  /** 1: each write is a call of its own. */
  readonly inOne: number;
}

const SERVICE = 'API_BUSINESS_PARTNER';
const SET = 'A_BusinessPartner';

/** Changes business partners, one by one or in change sets, each with the ETag that was read before. */
const { url, client: logon, user, password } = config<WriterConfig>();
const auth = { kind: 'basic', user, password } as const;
const client = createSapClient(sapConfig.parse({ url, client: logon, auth }), {
  budget: { run: (_use, call) => call() },
});
const partners: string[] = [];
say('ready');
for (let round = 1; ; round++) {
  const { count, inOne } = await heard<Writes>('write');
  while (partners.length < count)
    partners.push(...(await createPartners(client, Math.min(100, count - partners.length))));
  const changes = await changesOf(client, `Term ${round}`);
  const begun = performance.now();
  if (inOne === 1) await singly(client, changes);
  else await together(client, changes, inOne);
  say('done', (performance.now() - begun) / 1_000);
}

type Update = Extract<Change, { readonly kind: 'update' }>;

async function createPartners(sap: SapClient, count: number): Promise<string[]> {
  const body = {
    ...{ BusinessPartnerCategory: '2', OrganizationBPName1: 'Bench', BusinessPartnerGrouping: 'BP02' },
    to_BusinessPartnerAddress: [{ Country: 'DE', CityName: 'Walldorf' }],
  };
  const changes = Array.from({ length: count }, (): Change => ({ kind: 'create', set: SET, body }));
  const [result] = await sap.batch(SERVICE, [{ kind: 'change-set', changes }]);
  if (result?.kind !== 'changed') throw result?.kind === 'failed' ? result.error : new Error('no partners');
  return result.written.map(({ row }) => String(row?.['BusinessPartner']));
}

async function changesOf(sap: SapClient, term: string): Promise<Update[]> {
  const found: Update[] = [];
  const known = new Set(partners);
  const query = { select: ['BusinessPartner', 'ETag'], orderBy: ['BusinessPartner'] };
  for await (const { rows } of sap.pages(SERVICE, SET, query))
    for (const row of rows) {
      const key = String(row['BusinessPartner']);
      const { etag } = row['__metadata'] as { readonly etag: string };
      if (known.has(key)) found.push({ kind: 'update', set: SET, key, changes: { SearchTerm1: term }, etag });
    }
  return found;
}

async function singly(sap: SapClient, changes: readonly Update[]): Promise<void> {
  for (const { set, key, changes: body, etag } of changes) await sap.update(SERVICE, { set, key, etag }, body);
}

async function together(sap: SapClient, changes: readonly Update[], inOne: number): Promise<void> {
  for (let n = 0; n < changes.length; n += inOne) {
    const [result] = await sap.batch(SERVICE, [{ kind: 'change-set', changes: changes.slice(n, n + inOne) }]);
    if (result?.kind === 'failed') throw result.error;
  }
}

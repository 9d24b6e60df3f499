import { netsuiteCertificateConfig, netsuiteConfig } from '@tieout/connector-netsuite';
import { eventMeshConfig, salesArea, sapAuth, sapConfig, sapMappingConfig } from '@tieout/connector-sap-s4hana';
import { z } from 'zod';
import { resolved, type Fault, type LookUp } from './references.ts';

const { url, account, consumerKey, consumerSecret, tokenKey, tokenSecret, timeoutMs, timeZone } = netsuiteConfig.shape;
const { clientId, certificateId, privateKeyPem, certificatePem, algorithm } = netsuiteCertificateConfig.shape;
const byToken = z.strictObject({ account, consumerKey, consumerSecret, tokenKey, tokenSecret });
const byCertificate = z.strictObject({ clientId, certificateId, privateKeyPem, certificatePem, algorithm });

/** A certificate where there is a client id, else tokens: said of the one that was meant, what is wrong is understood. */
const netsuiteAuth = z.record(z.string(), z.unknown()).transform((raw, context) => {
  const parsed = 'clientId' in raw ? byCertificate.safeParse(raw) : byToken.safeParse(raw);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

const wholeMs = (least: number, most: number, normally: number): z.ZodDefault<z.ZodInt> =>
  z.int().min(least).max(most).default(normally);
const code = z.string('expected text: put a code that looks like a number in quotes').min(1);

/** `propose`: what would be written is kept for people, and nothing is written; `off`: nobody even looks. */
const mode = z.enum(['on', 'propose', 'off'], 'expected on, propose or off').default('on');

/** What does not depend on the ERP's system. */
const common = {
  /** Of canonical ids and streams; never change it once events are published. */
  name: z.string().regex(/^[a-z0-9-]{1,40}$/, 'expected lower-case letters, digits and -'),
  /** Codes of those whose commands this instance carries out; `*`: all that no other instance names. */
  legalEntities: z.union([z.literal('*'), z.array(code)], 'expected a list of codes, or "*"'),
  /** CRM instances whose customers it holds. */
  crmInstances: z.array(code).default(['main']),
  /** `with-orders`: a customer comes once a command for one of its legal entities names him. */
  customers: z.enum(['all', 'with-orders']).default('all'),
  write: z.strictObject({ customers: mode, orders: mode }).prefault({}),
  /** Calls at once of all replicas together: the account's limit minus a reserve for people. */
  concurrency: z.int().min(1).max(100).default(8),
  /** Calls in a minute of all replicas together; no limit where it is left out. */
  callsPerMinute: z.int().min(1).max(1_000_000).optional(),
  intervals: z
    .strictObject({
      /** Between polls of each stream of documents. */
      pollMs: wholeMs(50, 600_000, 2_000),
      /** Between readings of the control totals; a change of documents brings the next one forward. */
      totalsMs: wholeMs(50, 3_600_000, 15_000),
      /** Between readings of legal entities and other dimensions. */
      dimensionsMs: wholeMs(50, 3_600_000, 30_000),
      /** Between compares of what the ERP lists as open with what is published; where an ERP lists it. */
      openItemsMs: wholeMs(50, 604_800_000, 86_400_000),
      /** Rest after a write without an answer before it is looked at: how long the vendor may still work on it. */
      inDoubtMs: wholeMs(100, 3_600_000, 900_000),
      /** How long a refused order rests before it is looked at again without being asked. */
      orderRetryMs: wholeMs(200, 86_400_000, 600_000),
    })
    .prefault({}),
};

const netsuite = z.strictObject({
  ...common,
  system: z.literal('netsuite'),
  connection: z.strictObject({ url, timeoutMs }),
  auth: netsuiteAuth,
  /** Time zone of the account: Setup > Company > Company Information. */
  timeZone,
  netsuite: z
    .strictObject({
      /** Name of the item of order lines whose product has no code. */
      defaultItem: z.string().min(1).default('Services'),
      /** Internal id of the subsidiary that new customers belong to. */
      customerSubsidiary: z.string().regex(/^\d+$/, 'expected an internal id, in quotes').default('1'),
      /** How far back every poll looks again; stamps have a resolution of one second. */
      overlapSeconds: z.int().min(2).max(86_400).default(3),
      /** How far back one poll a minute looks again: longer than the longest save in the account. */
      sweepSeconds: z.int().min(10).max(86_400).default(600),
    })
    .prefault({}),
});

const [basic, oauth2, certificate] = sapAuth.options;

const sap = z.strictObject({
  ...common,
  system: z.literal('sap-s4hana'),
  connection: sapConfig.omit({ auth: true }).extend({ eventMesh: eventMeshConfig.strict().optional() }).strict(),
  auth: z.discriminatedUnion('kind', [basic.strict(), oauth2.strict(), certificate.strict()]),
  /** Time zone of the system's clock, which stamps business partners. */
  timeZone: z
    .string()
    .refine((name) => timeZone.safeParse(name).success, 'expected an IANA time zone')
    .default('UTC'),
  sap: sapMappingConfig
    .extend({ salesAreas: z.record(z.string(), salesArea.strict()).default({}) })
    .strict()
    .prefault({}),
});

const instance = z.discriminatedUnion(
  'system',
  [netsuite, sap],
  'expected a system that Tieout knows: netsuite, sap-s4hana',
);

export type InstanceConfig = z.output<typeof instance>;

const instances = z.array(instance, 'expected a list of instances').min(1, 'expected an instance at least');

/** @returns the instances, or everything that is wrong with them */
export function parseInstances(
  raw: unknown,
  lookUp: LookUp,
):
  | { readonly instances: readonly InstanceConfig[]; readonly faults?: undefined }
  | { readonly instances?: undefined; readonly faults: readonly Fault[] } {
  const { value, faults } = resolved(raw, lookUp);
  if (faults.length > 0) return { faults };
  const parsed = instances.safeParse(value);
  if (!parsed.success) return { faults: parsed.error.issues.flatMap(({ path, message }) => fault(path, message)) };
  const wrong = [...claimedTwice(parsed.data), ...withoutSalesArea(parsed.data)];
  return wrong.length > 0 ? { faults: wrong } : { instances: parsed.data };
}

function fault(path: readonly PropertyKey[], message: string): Fault[] {
  return [{ path: path.map((part) => (typeof part === 'number' ? part : String(part))), message }];
}

/** Of two instances that take the same command, both would make an order. */
function claimedTwice(list: readonly InstanceConfig[]): Fault[] {
  const faults: Fault[] = [];
  const names = new Set<string>();
  const holders = new Map<string, string>();
  for (const [n, { name, legalEntities }] of list.entries()) {
    if (names.has(name)) faults.push({ path: [n, 'name'], message: `${name} is the name of an instance above` });
    names.add(name);
    for (const entity of legalEntities === '*' ? ['*'] : new Set(legalEntities)) {
      const holder = holders.get(entity);
      if (holder !== undefined)
        faults.push({ path: [n, 'legalEntities'], message: `${entity} is held by the instance ${holder}` });
      else holders.set(entity, name);
    }
  }
  return faults;
}

/** SAP knows no order of a legal entity without saying in which sales area. */
function withoutSalesArea(list: readonly InstanceConfig[]): Fault[] {
  return list.flatMap((one, n) => {
    if (one.system !== 'sap-s4hana' || one.legalEntities === '*') return [];
    const missing = one.legalEntities.filter((entity) => !(entity in one.sap.salesAreas));
    return missing.map((entity) => ({ path: [n, 'sap', 'salesAreas'], message: `${entity} has no sales area` }));
  });
}

/** Which instance holds the orders of a legal entity; null: none. */
export function holderOf<I extends Pick<InstanceConfig, 'legalEntities'>>(
  list: readonly I[],
  legalEntity: string,
): I | null {
  const named = list.find(({ legalEntities }) => legalEntities !== '*' && legalEntities.includes(legalEntity));
  return named ?? list.find(({ legalEntities }) => legalEntities === '*') ?? null;
}

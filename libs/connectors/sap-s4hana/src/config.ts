import { z } from 'zod';

const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

/** Communication user, technical OAuth client or client certificate: one of them. */
export const sapAuth = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('basic'), user: z.string().min(1), password: z.string().min(1) }),
  z.object({
    kind: z.literal('oauth2'),
    /** https://<host>/sap/bc/sec/oauth2/token, or the one of an identity provider. */
    tokenUrl: httpUrl,
    clientId: z.string().min(1),
    clientSecret: z.string().min(1),
    scope: z.string().optional(),
  }),
  z.object({
    kind: z.literal('certificate'),
    /** PEM texts. */
    certificate: z.string().min(1),
    privateKey: z.string().min(1),
    passphrase: z.string().optional(),
  }),
]);

/** A queue of SAP Event Mesh that the company has subscribed to its S/4HANA's events. */
export const eventMeshConfig = z.object({
  /** https://enterprise-messaging-pubsub.cfapps.<region>.hana.ondemand.com */
  url: httpUrl,
  tokenUrl: httpUrl,
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  /** With its namespace, as Event Mesh writes it: default/tieout/s4/changes */
  queue: z.string().min(1),
  timeoutMs: z.number().int().min(100).max(900_000).default(30_000),
});

/** How to reach one S/4HANA system or tenant. */
export const sapConfig = z.object({
  /** https://my123456-api.s4hana.cloud.sap, or host and port of an on-premise system's gateway. */
  url: httpUrl,
  /** In front of a service's name; what a reverse proxy adds stands here, too. */
  basePath: z
    .string()
    .regex(/^\/.*[^/]$/)
    .default('/sap/opu/odata/sap'),
  /** Logon client of an on-premise system, three digits; a cloud tenant has but one. */
  client: z
    .string()
    .regex(/^\d{3}$/)
    .optional(),
  auth: sapAuth,
  /** PEM of the authority that signed the system's certificate, where that is the company's own. */
  authority: z.string().optional(),
  /** Of SAP's messages and texts: two letters. */
  language: z
    .string()
    .regex(/^[a-z]{2}$/)
    .default('en'),
  /** Longest wait for one answer, in milliseconds. */
  timeoutMs: z.number().int().min(100).max(900_000).default(60_000),
  /** Rows asked for at once. */
  pageSize: z.number().int().min(1).max(5_000).default(500),
  /**
   * Properties that this system's release does not have yet, by entity set, as a `$select` names them:
   * `A_SalesOrder: [ExternalDocumentID, to_Item/ProfitCenter]`. They are not asked for and are absent in the rows.
   */
  without: z.record(z.string(), z.array(z.string())).default({}),
  eventMesh: eventMeshConfig.optional(),
});

export type SapConfig = z.output<typeof sapConfig>;
export type SapAuth = z.output<typeof sapAuth>;
export type EventMeshConfig = z.output<typeof eventMeshConfig>;

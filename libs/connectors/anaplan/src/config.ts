import { z } from 'zod';

const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));

/** How to reach one Anaplan model, and what its objects are called there. */
export const anaplanConfig = z.object({
  /** Authentication service: https://auth.anaplan.com. */
  authUrl: url.default('https://auth.anaplan.com'),
  /** Integration API with its version: https://api.anaplan.com/2/0, or a regional host. */
  apiUrl: url.default('https://api.anaplan.com/2/0'),
  user: z.string().min(1),
  password: z.string().min(1),
  workspaceId: z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 lower-case hexadecimal digits'),
  modelId: z.string().regex(/^[0-9A-F]{32}$/, 'expected 32 upper-case hexadecimal digits'),
  /** Process that imports the three files below: lists first, then cells. */
  process: z.string().default('Load Receivables'),
  legalEntityFile: z.string().default('legal-entities.csv'),
  currencyFile: z.string().default('currencies.csv'),
  cellFile: z.string().default('receivables.csv'),
  legalEntityList: z.string().default('Legal Entities'),
  /** Saved view over the module, filtered to what holds a value. */
  view: z.string().default('Receivables with data'),
  currencyList: z.string().default('Currencies'),
  /** Module that planners write, its saved view filtered to what holds a value, and the line items that are taken from it. */
  forecastModule: z.string().default('Forecast'),
  forecastView: z.string().default('Forecast with data'),
  forecastLineItems: z.array(z.string().min(1)).min(1).readonly().default(['Billings', 'Collections']),
  /** Cells in one write; the vendor's own texts say 1,000 and 100,000. */
  cellsAWrite: z.number().int().min(1).max(100_000).default(1_000),
  /** This client's share of the tenant's 600 calls a minute, which people and other integrations use too. */
  requestsPerMinute: z.number().int().min(1).max(60_000).default(500),
  /** Longest wait for one answer, in milliseconds; calls hang while a task holds the model, so not too short. */
  timeoutMs: z.number().int().min(100).max(600_000).default(120_000),
  /** Longest wait for a task to end, in milliseconds; afterwards its outcome is unknown. */
  taskTimeoutMs: z.number().int().min(100).max(7_200_000).default(1_800_000),
  /** Longest pause between two looks at a running task, in milliseconds. */
  pollMs: z.number().int().min(10).max(60_000).default(2_000),
  /** Size of an uploaded chunk before compression; the vendor takes 1 to 50 MB. */
  chunkBytes: z
    .number()
    .int()
    .min(16)
    .max(50 * 1024 * 1024)
    .default(10 * 1024 * 1024),
});

export type AnaplanConfig = z.output<typeof anaplanConfig>;

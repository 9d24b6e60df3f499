import { anaplanConfig, type AnaplanConfig } from '@tieout/connector-anaplan';
import { defineConfig, wholeNumber, type ConfigOf } from '@tieout/platform';
import { z } from 'zod';

const { authUrl, apiUrl, user, password, workspaceId, modelId, forecastView, forecastLineItems } = anaplanConfig.shape;

export const config = defineConfig({
  ANAPLAN_INSTANCE: {
    schema: z.string().regex(/^[a-z0-9-]{1,40}$/, 'expected lower-case letters, digits and -'),
    description: 'Name of the planning system in receipts and snapshots.',
    default: 'main',
  },
  ANAPLAN_AUTH_URL: {
    schema: authUrl.unwrap(),
    description: 'Authentication service.',
    default: 'https://auth.anaplan.com',
  },
  ANAPLAN_API_URL: {
    schema: apiUrl.unwrap(),
    description: 'Integration API with its version; regional hosts exist.',
    default: 'https://api.anaplan.com/2/0',
  },
  ANAPLAN_USER: { schema: user, description: 'User that loads the model.' },
  ANAPLAN_PASSWORD: { schema: password, description: 'Password of that user.', secret: true },
  ANAPLAN_WORKSPACE_ID: { schema: workspaceId, description: 'Workspace of the model.' },
  ANAPLAN_MODEL_ID: { schema: modelId, description: 'The model; what it must contain: MAPPING.md of the connector.' },
  ANAPLAN_PROCESS: {
    schema: z.string().min(1),
    description: 'Name of the process that loads lists and cells.',
    default: 'Load Receivables',
  },
  ANAPLAN_FORECAST: {
    schema: z.enum(['on', 'off']),
    description: 'Whether the forecast is read and published; off for a model that has none.',
    default: 'on',
  },
  ANAPLAN_FORECAST_VIEW: {
    schema: forecastView.unwrap().min(1),
    description: 'Saved view of the forecast with the rows that have a value.',
    default: 'Forecast with data',
  },
  ANAPLAN_FORECAST_LINE_ITEMS: {
    schema: z
      .string()
      .transform((text): readonly string[] => text.split(',').map((name) => name.trim()))
      .pipe(forecastLineItems.unwrap()),
    description: 'Line items of that view that are published, separated by commas.',
    default: 'Billings,Collections',
  },
  ANAPLAN_FORECAST_INTERVAL_MS: {
    schema: wholeNumber(50, 86_400_000),
    description: 'Time between two readings of the forecast; each reads all of it.',
    default: '300000',
  },
  ANAPLAN_FORECAST_GRACE_MS: {
    schema: wholeNumber(0, 86_400_000),
    description:
      'How long a version waits for a legal entity that is unknown here, before its cells become an exception.',
    default: '60000',
  },
  ANAPLAN_REQUESTS_PER_MINUTE: {
    schema: wholeNumber(1, 60_000),
    description: "This service's share of the tenant's 600 calls a minute.",
    default: '500',
  },
  ANAPLAN_TIMEOUT_MS: {
    schema: wholeNumber(100, 600_000),
    description: 'Longest wait for one answer; calls hang while a task holds the model.',
    default: '120000',
  },
  ANAPLAN_TASK_TIMEOUT_MS: {
    schema: wholeNumber(100, 7_200_000),
    description: 'Longest wait for an import; afterwards its outcome is unknown and it is loaded again.',
    default: '1800000',
  },
  ANAPLAN_POLL_MS: {
    schema: wholeNumber(10, 60_000),
    description: 'Longest pause between two looks at a running import.',
    default: '2000',
  },
  PLANNING_WINDOW_MS: {
    schema: wholeNumber(50, 3_600_000),
    description: 'Time between two batches; what changed meanwhile is loaded together.',
    default: '2000',
  },
  PLANNING_MAX_CELLS: {
    schema: wholeNumber(1, 4_000),
    description: 'Most cells in one batch; a full batch is followed by the next at once.',
    default: '2000',
  },
  PLANNING_RETRY_MS: {
    schema: wholeNumber(10, 3_600_000),
    description: 'First wait before refused cells are sent again; doubles up to fifteen minutes.',
    default: '5000',
  },
  PLANNING_SNAPSHOT_LEASE_MS: {
    schema: wholeNumber(1_000, 3_600_000),
    description: 'Longest reading of all cells for a snapshot, and how long a killed one is waited for.',
    default: '60000',
  },
  PLANNING_LEASE_MS: {
    schema: wholeNumber(500, 600_000),
    description: 'How long a killed writer holds the model.',
    default: '6000',
  },
});

export type PublisherConfig = ConfigOf<typeof config>;

export function connectorConfig(values: PublisherConfig): AnaplanConfig {
  return anaplanConfig.parse({
    authUrl: values.ANAPLAN_AUTH_URL,
    apiUrl: values.ANAPLAN_API_URL,
    user: values.ANAPLAN_USER,
    password: values.ANAPLAN_PASSWORD,
    workspaceId: values.ANAPLAN_WORKSPACE_ID,
    modelId: values.ANAPLAN_MODEL_ID,
    process: values.ANAPLAN_PROCESS,
    forecastView: values.ANAPLAN_FORECAST_VIEW,
    forecastLineItems: values.ANAPLAN_FORECAST_LINE_ITEMS,
    requestsPerMinute: values.ANAPLAN_REQUESTS_PER_MINUTE,
    timeoutMs: values.ANAPLAN_TIMEOUT_MS,
    taskTimeoutMs: values.ANAPLAN_TASK_TIMEOUT_MS,
    pollMs: values.ANAPLAN_POLL_MS,
  });
}

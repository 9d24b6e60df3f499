import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { BASE_KEYS, defineKeys, describeConfig, type ConfigDefinition, type ServiceDefinition } from '@tieout/platform';
import { SERVICES } from './services.ts';

const HEADER = '<!-- Generated from the services by tools/monitoring. Do not edit; run `npm run generate`. -->';

type Rows = ReturnType<typeof describeConfig>;

/** The reference page of what can be configured: Markdown. */
export async function configurationPage(root: string): Promise<string> {
  const common = describeConfig(defineKeys(BASE_KEYS));
  const own = await Promise.all(
    SERVICES.map(async ({ name }) => ({ name, keys: ownKeys(await definitionOf(root, name), common) })),
  );
  return [
    HEADER,
    '# Configuration',
    'Each service reads its environment once, at start, and exits with 78 naming every key that is not usable. Any key may be given as ' +
      '`<KEY>_FILE`, the name of a file that holds the value; secrets belong there, and are never printed.',
    '## Every service',
    table(common),
    ...own.flatMap(({ name, keys }) => [`## ${name}`, keys.length === 0 ? 'None of its own.' : table(keys)]),
  ].join('\n\n');
}

async function definitionOf(root: string, service: string): Promise<ConfigDefinition> {
  const file = path.join(root, 'apps', service, 'src/app.module.ts');
  return ((await import(pathToFileURL(file).href)) as { service: ServiceDefinition }).service.config;
}

/** A service may give a common key a description or default of its own. */
function ownKeys(definition: ConfigDefinition, common: Rows): Rows {
  const known = new Set(common.map((row) => JSON.stringify(row)));
  return describeConfig(definition).filter((row) => !known.has(JSON.stringify(row)));
}

function table(rows: Rows): string {
  const lines = rows.map(({ key, description, default: fallback, secret, required }) => {
    const given = fallback === null ? (required ? 'required' : '') : `\`${fallback}\``;
    const value = [given, secret ? 'secret' : ''].filter((part) => part !== '').join(', ');
    return `| \`${key}\` | ${value} | ${description.replaceAll('|', '\\|')} |`;
  });
  return ['| key | default | what |', '|---|---|---|', ...lines].join('\n');
}

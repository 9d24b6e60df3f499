import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { REDACTED } from './redaction.ts';

/**
 * One key of a service's configuration; the key's name is the environment variable's name. Its text may also come from the file
 * that `<KEY>_FILE` names, whose trailing line break is dropped: secrets belong there, and PEM texts do not fit elsewhere.
 */
export interface ConfigKey<S extends z.ZodType = z.ZodType> {
  /**
   * Parses the text from the environment; make it `.optional()` when the key may be absent. A text that names other variables of
   * the environment is parsed by a schema made for it.
   */
  readonly schema: S | ((environment: Environment) => S);
  /** One sentence for the operator; also shown when the value is wrong. */
  readonly description: string;
  /** Text as it would stand in the environment. */
  readonly default?: string;
  /** Never printed. */
  readonly secret?: boolean;
}

export type ConfigKeys = Readonly<Record<string, ConfigKey>>;
type SchemaOf<S> = S extends (environment: Environment) => infer T ? T : S;
export type ConfigValues<K extends ConfigKeys> = { readonly [N in keyof K]: z.output<SchemaOf<K[N]['schema']>> };
/** A rule over several keys: returns one sentence per problem, naming the key. */
export type ConfigRule = (values: Readonly<Record<string, unknown>>) => readonly string[];

export interface ConfigDefinition<K extends ConfigKeys = ConfigKeys> {
  readonly keys: K;
  readonly rules: readonly ConfigRule[];
}
/** The frozen values of a definition: `type AppConfig = ConfigOf<typeof appConfig>`. */
export type ConfigOf<D> = D extends ConfigDefinition<infer K> ? ConfigValues<K> : never;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Names every bad key and how to fix it; never contains a secret's value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Declares a configuration from keys (later ones win) and rules over several keys. */
export function defineKeys<K extends ConfigKeys>(keys: K, rules: readonly ConfigRule[] = []): ConfigDefinition<K> {
  return { keys, rules };
}

/** Reads all keys once. Throws a ConfigError that names every bad key. Empty text counts as absent. */
export function readConfig<K extends ConfigKeys>(
  definition: ConfigDefinition<K>,
  environment: Environment,
): ConfigValues<K> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, key] of Object.entries(definition.keys)) {
    const result = readKey(name, key, environment);
    if ('problem' in result) problems.push(result.problem);
    else values[name] = result.value;
  }
  // Rules see the keys that could be read, so that one run reports as much as possible.
  for (const rule of definition.rules) problems.push(...rule(values));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(values) as ConfigValues<K>;
}

function readKey(name: string, key: ConfigKey, environment: Environment): { value: unknown } | { problem: string } {
  const hint = `${key.description}${key.secret ? ` (or name a file in ${name}_FILE)` : ''}`;
  let text: string | undefined;
  try {
    text = rawText(name, key, environment);
  } catch (error) {
    return { problem: `${name}_FILE cannot be read: ${(error as Error).message}. ${hint}` };
  }
  const parsed = schemaOf(key, environment).safeParse(text);
  if (parsed.success) return { value: parsed.data };
  if (text === undefined) return { problem: `${name} is missing. ${hint}` };
  const reasons = parsed.error.issues.map((issue) => issue.message).join('; ');
  const shown = key.secret ? '' : ` "${text.slice(0, 80)}"`;
  return { problem: `${name}${shown} is not valid: ${reasons}. ${hint}` };
}

function schemaOf({ schema }: ConfigKey, environment: Environment): z.ZodType {
  return typeof schema === 'function' ? schema(environment) : schema;
}

function rawText(name: string, key: ConfigKey, environment: Environment): string | undefined {
  const direct = environment[name];
  if (direct !== undefined && direct !== '') return direct;
  const file = environment[`${name}_FILE`];
  if (file) return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  return key.default;
}

/** The values as they may be printed: secrets replaced, nothing else changed. */
export function printableConfig<K extends ConfigKeys>(
  definition: ConfigDefinition<K>,
  values: ConfigValues<K>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(definition.keys)
      .filter(([name]) => values[name as keyof K] !== undefined)
      .map(([name, key]) => [name, key.secret ? REDACTED : values[name as keyof K]]),
  );
}

/** Rows for the generated reference page. */
export function describeConfig(
  definition: ConfigDefinition,
): readonly { key: string; description: string; default: string | null; required: boolean; secret: boolean }[] {
  return Object.entries(definition.keys).map(([name, key]) => ({
    key: name,
    description: key.description,
    default: key.default ?? null,
    required: key.default === undefined && !schemaOf(key, {}).safeParse(undefined).success,
    secret: key.secret ?? false,
  }));
}

/** Comma-separated text to a list without blanks; at least one item. */
export const list = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )
  .refine((items) => items.length > 0, 'expected a comma-separated list');
/** `true/false`, `1/0`, `yes/no`, `on/off`. */
export const flag = z.stringbool();
/** A whole number within bounds. */
export const wholeNumber = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d+$/, `expected a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `expected a whole number from ${min} to ${max}`);
/** An absolute http(s) URL, kept as text without a trailing slash. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http(s) URL' })
  .transform((url) => url.replace(/\/+$/, ''));
/** TLS, or a server on this machine. */
export function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname));
}
/** An absolute https URL, kept as it is written; http only on this machine. */
export const secureUrl = z.string().refine(isSecureUrl, 'expected an https URL (http only on this machine)');

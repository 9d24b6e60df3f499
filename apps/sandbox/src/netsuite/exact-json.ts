/** JSON in and out without a number ever becoming a binary float. */

/** A number as it stood in the source text. */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type ExactJson =
  null | boolean | string | NumberText | readonly ExactJson[] | { readonly [key: string]: ExactJson };

type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/** Parses JSON, keeping every number as its source text. Throws SyntaxError on malformed input. */
export function parseExact(text: string): ExactJson {
  const revive: SourceReviver = (_key, value, context) =>
    typeof value === 'number' ? new NumberText(context.source ?? String(value)) : value;
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown) as ExactJson;
}

/** Marks decimal text to be written as a JSON number with exactly these digits. */
export function jsonNumber(text: string | null): unknown {
  return text === null ? null : (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}

export function isObject(value: ExactJson | undefined): value is { readonly [key: string]: ExactJson } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

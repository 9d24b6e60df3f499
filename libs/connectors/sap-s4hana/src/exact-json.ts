type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/** JSON in which every number is its source text: no amount passes through a binary float. @throws SyntaxError */
export function parseExact(json: string): unknown {
  const revive: SourceReviver = (_key, value, { source }) =>
    typeof value === 'number' ? numberText(value, source) : value;
  return JSON.parse(json, revive as (key: string, value: unknown) => unknown);
}

function numberText(value: number, source: string | undefined): string {
  if (source !== undefined) return source;
  throw new Error(`This Node cannot say how ${value} was written; version 22 and later can`);
}

/** Reads what a configuration refers to; null where there is none. */
export interface LookUp {
  env(name: string): string | null;
  /** Without the line break at its end. */
  file(path: string): string | null;
}

/** What is wrong at a place of the configuration. */
export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Never written down in a configuration that is kept in a repository and shown to people. */
const SECRETS: ReadonlySet<string> = new Set([
  ...['consumerSecret', 'tokenSecret', 'clientSecret', 'password', 'privateKeyPem', 'privateKey', 'passphrase'],
]);

/** Puts in the place of every `{env: NAME}` and `{file: path}` the text that it refers to. */
export function resolved(
  value: unknown,
  lookUp: LookUp,
): { readonly value: unknown; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  return { value: walk(value, []), faults };

  function walk(node: unknown, path: readonly (string | number)[]): unknown {
    const referred = referenceIn(node);
    if (referred) return textOf(referred, path);
    if (SECRETS.has(String(path.at(-1)))) {
      faults.push({ path, message: 'a secret is given as {env: NAME} or {file: path}, never as text' });
      return '';
    }
    if (Array.isArray(node)) return node.map((one, n) => walk(one, [...path, n]));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, one]) => [key, walk(one, [...path, key])]));
  }

  function textOf({ kind, of }: Reference, path: readonly (string | number)[]): string {
    const text = kind === 'env' ? lookUp.env(of) : lookUp.file(of);
    if (text !== null && text !== '') return text;
    const message = kind === 'env' ? `the environment has no ${of}` : `the file ${of} cannot be read or is empty`;
    faults.push({ path, message });
    return '';
  }
}

interface Reference {
  readonly kind: 'env' | 'file';
  readonly of: string;
}

function referenceIn(node: unknown): Reference | null {
  if (typeof node !== 'object' || node === null) return null;
  const [entry, ...more] = Object.entries(node) as [string, unknown][];
  if (!entry || more.length > 0) return null;
  const [kind, of] = entry;
  return (kind === 'env' || kind === 'file') && typeof of === 'string' ? { kind, of } : null;
}

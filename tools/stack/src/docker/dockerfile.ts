import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

export interface Stage {
  readonly name: string;
  readonly from: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | null;
  readonly workdir: string | null;
  readonly runs: readonly string[];
  readonly copies: readonly Copy[];
}

export interface Copy {
  /** Another stage; null for the build context. */
  readonly from: string | null;
  readonly sources: readonly string[];
  readonly target: string;
}

const NOTHING = { env: {}, user: null, workdir: null, runs: [], copies: [] } as const;

/** The stages of a Dockerfile that keeps to FROM … AS, WORKDIR, ENV NAME=value, RUN, COPY and USER. @throws at anything else */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: { -readonly [K in keyof Stage]: Stage[K] }[] = [];
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  for (const line of lines.filter((one) => one.trim() !== '')) {
    const [keyword = '', ...words] = line.trim().split(/\s+/);
    const stage = stages.at(-1);
    if (keyword === 'FROM') {
      const [from = '', , name = ''] = words;
      const parent: Stage | undefined = stages.find((one) => one.name === from);
      stages.push({ ...(parent ?? NOTHING), name, from });
    } else if (stage === undefined) throw new Error(`${keyword} before FROM`);
    else if (keyword === 'RUN') stage.runs = [...stage.runs, words.join(' ')];
    else if (keyword === 'USER') stage.user = words[0] ?? null;
    else if (keyword === 'WORKDIR') stage.workdir = words[0] ?? null;
    else if (keyword === 'COPY') stage.copies = [...stage.copies, copyOf(words)];
    else if (keyword === 'ENV') stage.env = { ...stage.env, ...Object.fromEntries(words.map(pairOf)) };
    else throw new Error(`${keyword} is not understood`);
  }
  return stages;
}

function pairOf(word: string): [string, string] {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}

function copyOf(words: readonly string[]): Copy {
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length) ?? null;
  const paths = words.filter((word) => !word.startsWith('--'));
  return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
}

/** Whether a path is left out of the build context: the last pattern of .dockerignore that matches it or a folder above decides. */
export function ignores(dockerignore: string): (file: string) => boolean {
  const rules = dockerignore
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), pattern: asPattern(line.replace(/^!/, '')) }));
  return (file) => {
    const parts = file.split('/');
    const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    const last = rules.findLast(({ pattern }) => above.some((one) => pattern.test(one)));
    return last !== undefined && !last.keeps;
  };
}

function asPattern(glob: string): RegExp {
  const pieces = glob.split(/(\*\*\/|\*)/).map((piece) => {
    if (piece === '**/') return '(?:.*/)?';
    return piece === '*' ? '[^/]*' : piece.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${pieces.join('')}$`);
}

/** Files of the build context below `root`. */
export function contextFiles(root: string, dockerignore: string): readonly string[] {
  const ignored = ignores(dockerignore);
  // A rule could bring something in them back, which nobody wants to wait for.
  const skipped = new Set(['node_modules', '.git', '.nx']);
  const walk = (folder: string): string[] =>
    readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const file = path.posix.join(folder, entry.name);
      if (skipped.has(entry.name)) return [];
      if (entry.isDirectory()) return walk(file);
      return ignored(file) ? [] : [file];
    });
  return walk('.');
}

/** What a stage copies from the build context: path in the image, below its working folder, and file in the context. */
export function copiedFiles(stage: Stage, context: readonly string[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { sources, target } of stage.copies.filter(({ from }) => from === null))
    for (const source of sources)
      for (const file of context.filter((one) => one === source || one.startsWith(`${source}/`)))
        files.set(
          path.posix.join(target, file === source ? placeOf(file, target) : path.posix.relative(source, file)),
          file,
        );
  return files;
}

function placeOf(file: string, target: string): string {
  return target.endsWith('/') ? path.posix.basename(file) : '.';
}

interface LockedPackage {
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly resolved?: string;
}

/**
 * Lays the files of a stage out in `folder`. Packages are links into the repository's own node_modules: those that an
 * installation with the lock file would have put there, and for this repository's own ones the copies in `folder`.
 */
export function layOut(
  root: string,
  folder: string,
  files: ReadonlyMap<string, string>,
  lock: { readonly packages: Readonly<Record<string, LockedPackage>> },
  production: boolean,
): void {
  for (const [inside, file] of files) {
    mkdirSync(path.dirname(path.join(folder, inside)), { recursive: true });
    cpSync(path.join(root, file), path.join(folder, inside));
  }
  for (const [place, { link, dev, resolved }] of Object.entries(lock.packages)) {
    if (!/^node_modules\/(@[^/]+\/)?[^/]+$/.test(place) || (production && dev)) continue;
    mkdirSync(path.dirname(path.join(folder, place)), { recursive: true });
    symlinkSync(link ? path.join(folder, resolved ?? '') : path.join(root, place), path.join(folder, place));
  }
}

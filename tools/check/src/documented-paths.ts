import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface MissingPath {
  readonly file: string;
  readonly path: string;
}

/** Top folders of the repository: a code span or link that starts with one names a path. */
const TOP = /^(apps|libs|tools|schemas|docs|deploy|bench|\.ci)\//;

/** Paths in code spans and relative links of the text; patterns with `*`, `<` or `{` are left out, they name many. */
export function documentedPaths(markdown: string): string[] {
  const spans = [...markdown.matchAll(/`([^`\s]+)`/g)].map(([, span = '']) => span).filter((span) => TOP.test(span));
  const links = [...markdown.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
  return [...new Set([...spans, ...links])].filter((name) => !/[*<{$]/.test(name));
}

/** What the documents name and the tree does not have. */
export function missingPaths(files: readonly string[], root = process.cwd()): MissingPath[] {
  return files.flatMap((file) =>
    documentedPaths(readFileSync(path.join(root, file), 'utf8'))
      .filter((name) => !existsSync(path.join(root, path.dirname(file), name)))
      .map((name) => ({ file, path: name })),
  );
}

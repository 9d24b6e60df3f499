import { readFileSync } from 'node:fs';
import { parseRuleSet, RuleSetError, type RuleSet } from '@tieout/matching';
import { LineCounter, parseDocument, type Document } from 'yaml';

/** A file of rules that cannot be used; the message names every problem with its line. */
export class RulesFileError extends Error {
  readonly file: string;
  readonly problems: readonly RulesProblem[];
  constructor(file: string, problems: readonly RulesProblem[]) {
    super(
      problems
        .map(({ line, column, path, reason }) => [`${file}:${line}:${column}`, path, reason].filter(Boolean).join(' '))
        .join('\n'),
    );
    this.file = file;
    this.problems = problems;
  }
}

export interface RulesProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Where in the rules, e.g. rules[2].amount.percent; empty when the file is no YAML. */
  readonly path: string;
  readonly reason: string;
}

/** @throws RulesFileError also when there is no such file */
export function readRules(file: string): { readonly rules: RuleSet; readonly source: string } {
  const source = readText(file);
  return { rules: parseRules(source, file), source };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new RulesFileError(file, [{ line: 1, column: 1, path: '', reason: (error as Error).message }]);
  }
}

/** @param file its name, for the message */
export function parseRules(source: string, file: string): RuleSet {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const at = (offset: number): Pick<RulesProblem, 'line' | 'column'> => {
    const { line, col: column } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, column) };
  };
  if (document.errors.length > 0)
    throw new RulesFileError(
      file,
      document.errors.map(({ message, pos }) => ({ ...at(pos[0]), path: '', reason: message.split('\n', 1)[0] ?? '' })),
    );
  try {
    return parseRuleSet(valueOf(document, file));
  } catch (error) {
    if (!(error instanceof RuleSetError)) throw error;
    const problems = error.problems.map(({ path, reason }) => ({ ...at(offsetOf(document, path)), path, reason }));
    throw new RulesFileError(file, problems);
  }
}

/** Few rules need more aliases; a file whose aliases multiply would fill the memory. */
const MAX_ALIASES = 100;

function valueOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw new RulesFileError(file, [{ line: 1, column: 1, path: '', reason: (error as Error).message }]);
  }
}

/** Where the nearest thing that exists on the way stands. */
function offsetOf(document: Document, path: string): number {
  const steps = path.match(/[^.[\]]+/g) ?? [];
  for (let length = steps.length; length > 0; length -= 1) {
    const keys = steps.slice(0, length).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const node = document.getIn(keys, true) as { range?: readonly number[] } | undefined;
    if (node?.range?.[0] !== undefined) return node.range[0];
  }
  return 0;
}

import { parseRuleSet, RuleSetError, type ExchangeRate, type RuleSet } from '@tieout/matching';
import { parseRates } from '@tieout/statements';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { RefusedInput, type InputProblem } from './reconcile-input.ts';

const MAX_BYTES = 16 * 1024 * 1024;

/** @param file YAML. @throws RefusedInput */
export async function readRules(file: string): Promise<RuleSet> {
  const name = path.basename(file);
  const document = parseDocument(textOf(file), { uniqueKeys: true });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new RefusedInput([problem(name, `line ${broken.linePos?.[0].line ?? '?'}`, broken.message.split('\n')[0]!)]);
  try {
    return parseRuleSet(document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    if (!(error instanceof RuleSetError)) throw error;
    throw new RefusedInput(error.problems.map((one) => problem(name, one.path, one.reason)));
  }
}

/** @throws RefusedInput */
export async function readRates(file: string | undefined): Promise<readonly ExchangeRate[]> {
  if (file === undefined) return [];
  const name = path.basename(file);
  const { rates, problems } = parseRates(textOf(file), name);
  if (problems.length > 0) throw new RefusedInput(problems.map((one) => ({ ...one, file: name })));
  return rates;
}

function textOf(file: string): string {
  const name = path.basename(file);
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MAX_BYTES)
      throw new RefusedInput([problem(name, 'the file', `it is larger than ${MAX_BYTES} bytes`)]);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof RefusedInput) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? `there is no such file: ${file}` : `it cannot be read as UTF-8 text: ${message}`;
    throw new RefusedInput([problem(name, 'the file', reason)]);
  }
}

const problem = (file: string, at: string, reason: string): InputProblem => ({
  file,
  at,
  line: null,
  column: null,
  code: 'bad-option',
  reason,
});

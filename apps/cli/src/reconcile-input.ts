import type { Item } from '@tieout/matching';
import { readItems, statementChain, type Problem, type Reading, type RefusedRow } from '@tieout/statements';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { readOptionsOf, type InputFlags, type Side } from './reconcile-flags.ts';

/** All files of a side. */
export interface SideInput {
  readonly side: Side;
  /** Base names, as people know them. */
  readonly files: readonly string[];
  /** Each id once. */
  readonly items: readonly Item[];
  /** Rows that were set aside. */
  readonly refused: readonly (RefusedRow & { readonly file: string })[];
  readonly notes: readonly string[];
}

/** What is wrong, with the file it is in. */
export interface InputProblem extends Problem {
  readonly file: string;
}

/** Nothing was compared. */
export class RefusedInput extends Error {
  readonly problems: readonly InputProblem[];
  /** What would let the run go on, when something would. */
  readonly advice: readonly string[];
  constructor(problems: readonly InputProblem[], advice: readonly string[] = []) {
    super(`the input was refused: ${problems.length} problems`);
    this.problems = problems;
    this.advice = advice;
  }
}

type Watch = (bytes: number) => void;

/**
 * Reads the files of one side, and refuses them together when one is not as it must be: half a side compared looks like breaks.
 * @throws RefusedInput
 */
export async function readSide(flags: InputFlags, side: Side, watch: Watch): Promise<SideInput> {
  const names = namesOf(flags[side]);
  const readings: (readonly [string, Reading])[] = [];
  for (const [index, file] of flags[side].entries())
    readings.push([names[index]!, await readItems(bytesOf(file, names[index]!, watch), readOptionsOf(flags, side))]);
  const broken = readings.flatMap(([file, { problems }]) => problems.map((problem) => ({ ...problem, file })));
  const refused = readings.flatMap(([file, reading]) => reading.refused.map((row) => ({ ...row, file })));
  const bad = refused.flatMap(({ file, problems }) => problems.map((problem) => ({ ...problem, file })));
  if (broken.length > 0) throw new RefusedInput([...broken, ...bad]);
  if (bad.length > 0 && !flags.skipBadRows)
    throw new RefusedInput(bad, ['--skip-bad-rows compares without these rows; the result lists them']);
  const unproven = unprovenOf(readings, names);
  if (unproven.length > 0 && !flags.allowIncomplete)
    throw new RefusedInput(unproven, [
      '--allow-incomplete compares all the same: what is missing will look like breaks',
    ]);
  const items = merged(readings);
  const notes = readings.flatMap(([file, reading]) => reading.notes.map((note) => `${file}: ${note}`));
  return {
    side,
    files: names,
    items,
    refused,
    notes: [...notes, ...unproven.map(({ at, reason }) => `${at}: ${reason}`)],
  };
}

/** Base names; when two are equal the whole paths. */
function namesOf(files: readonly string[]): readonly string[] {
  const names = files.map((file) => path.basename(file));
  return new Set(names).size === names.length ? names : files;
}

async function* bytesOf(file: string, name: string, watch: Watch): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) {
      watch((chunk as Buffer).length);
      yield chunk as Buffer;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const reason = code === 'ENOENT' ? `there is no such file: ${file}` : `it cannot be read: ${message}`;
    throw new RefusedInput([{ file: name, at: 'the file', line: null, column: null, code: 'unreadable-file', reason }]);
  }
}

/** @throws RefusedInput of ids that two files have; in one file each is there once */
function merged(readings: readonly (readonly [string, Reading])[]): readonly Item[] {
  const [only, ...others] = readings;
  if (only !== undefined && others.length === 0) return only[1].items;
  const ids = new Set<string>();
  const twice: InputProblem[] = [];
  for (const [file, { items }] of readings)
    for (const { id } of items) {
      if (ids.has(id)) twice.push(twiceProblem(file, id));
      ids.add(id);
    }
  if (twice.length > 0) throw new RefusedInput(twice);
  return readings.flatMap(([, { items }]) => items);
}

const twiceProblem = (file: string, id: string): InputProblem => ({
  file,
  at: `id ${id}`,
  line: null,
  column: 'id',
  code: 'duplicate-id',
  reason: 'another file of this side has this id already: is it the same file twice?',
});

/** What bank statements do not prove; a CSV has no balances that could prove anything. */
function unprovenOf(
  readings: readonly (readonly [string, Reading])[],
  names: readonly string[],
): readonly InputProblem[] {
  const problems = statementChain(readings.flatMap(([, { statements }]) => statements));
  return problems.map((problem) => ({ ...problem, file: names.join(', ') }));
}

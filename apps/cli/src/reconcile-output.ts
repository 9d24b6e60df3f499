import type { Group } from '@tieout/matching';
import { createWriteStream, rmSync, type WriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

/** Takes the result group by group, as it may be longer than any text can be. */
export interface ResultWriter {
  group(group: Group): void | Promise<void>;
  /** The rest of the result; it is there when this resolves. */
  end(rest: object): Promise<void>;
  /** Nothing of it may stay. */
  discard(): void;
}

export class UnwritableResult extends Error {}

/** A file appears whole or not at all. @param file `-` is the standard output */
export async function resultWriter(file: string): Promise<ResultWriter> {
  if (file === '-')
    return writerOf(
      process.stdout,
      async () => {},
      () => {},
    );
  const partial = `${file}.partial-${process.pid}`;
  const stream = createWriteStream(partial, { flags: 'wx' });
  try {
    await once(stream, 'open');
  } catch (error) {
    throw new UnwritableResult(`${file} cannot be written: ${(error as Error).message}`);
  }
  const keep = async (): Promise<void> => {
    stream.end();
    await finished(stream);
    await rename(partial, file);
  };
  return writerOf(stream, keep, () => {
    stream.destroy();
    rmSync(partial, { force: true });
  });
}

/** Characters that are written at once. */
const PIECE = 1 << 16;

function writerOf(
  stream: WriteStream | NodeJS.WriteStream,
  keep: () => Promise<void>,
  discard: () => void,
): ResultWriter {
  let piece = '{"groups": [';
  let isFirst = true;
  const write = async (): Promise<void> => {
    const text = piece;
    piece = '';
    if (!stream.write(text)) await once(stream, 'drain');
  };
  return {
    group(group) {
      piece += `${isFirst ? '' : ','}\n${JSON.stringify(group)}`;
      isFirst = false;
      return piece.length < PIECE ? undefined : write();
    },
    async end(rest) {
      piece += `${isFirst ? '' : '\n'}],\n${JSON.stringify(rest, null, 2).slice(2)}\n`;
      await write();
      await keep();
    },
    discard,
  };
}

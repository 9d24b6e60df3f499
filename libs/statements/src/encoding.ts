import { isUtf8 } from 'node:buffer';
import { UnreadableFile } from './problem.ts';

export const ENCODINGS = ['utf-8', 'utf-16', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export interface TextStream {
  /** The text of these bytes. @throws UnreadableFile `wrong-encoding`, `not-text` */
  push(bytes: Uint8Array): string;
  /** What was held back. */
  end(): string;
}

interface Decoder {
  readonly encoding: string;
  /** Throws on bytes that are no text. */
  decode(bytes: Uint8Array, options: { readonly stream: boolean }): string;
}

/** First bytes of files that people name .csv by mistake. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ['504b0304', 'an Excel workbook or a zip archive: export it as CSV, or unpack it'],
  ['d0cf11e0', 'an old Excel workbook: export it as CSV'],
  ['25504446', 'a PDF: ask for a CSV or camt.053 export'],
  ['1f8b', 'compressed with gzip: unpack it first'],
];

/**
 * Bytes to text, a chunk at a time. A byte order mark decides; without one the text is UTF-8, and bytes that are not UTF-8
 * are refused: which letters they mean would be a guess. Only when asked for are they taken as something else.
 */
export function textStream(asked: Encoding | undefined): TextStream {
  let decoder: Decoder | undefined;
  let first = new Uint8Array(0);
  let lines = 1;
  const decode = (bytes: Uint8Array, stream: boolean): string => {
    decoder ??= decoderOf(bytes, asked);
    try {
      const text = decoder.decode(bytes, { stream });
      lines += newlines(text);
      return text;
    } catch {
      throw notDecodable(decoder.encoding, bytes, lines);
    }
  };
  return {
    push(bytes) {
      if (decoder !== undefined) return decode(bytes, true);
      first = joined(first, bytes);
      return first.length < 4 ? '' : decode(first, true);
    },
    end: () => decode(decoder === undefined ? first : new Uint8Array(0), false),
  };
}

function decoderOf(bytes: Uint8Array, asked: Encoding | undefined): Decoder {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  const foreign = FOREIGN.find(([magic]) => start.startsWith(magic));
  if (foreign !== undefined) throw new UnreadableFile('not-text', `this is ${foreign[1]}`);
  const marked = start.startsWith('fffe') ? 'utf-16le' : start.startsWith('feff') ? 'utf-16be' : undefined;
  if (marked !== undefined) return new TextDecoder(marked, { fatal: true });
  if (asked === 'utf-16' || bytes.subarray(0, 64).includes(0))
    throw new UnreadableFile(
      'wrong-encoding',
      'this looks like UTF-16 without a byte order mark, or like no text at all; save it as UTF-8',
    );
  return asked === 'windows-1252' ? new TextDecoder(asked, { fatal: true }) : utf8();
}

/** What TextDecoder does with `stream`, several times as fast: whole characters are checked and decoded at once. */
function utf8(): Decoder {
  let rest: Uint8Array = new Uint8Array(0);
  let isStart = true;
  return {
    encoding: 'utf-8',
    decode(bytes, { stream }) {
      const all = rest.length === 0 ? bytes : joined(rest, bytes);
      const cut = stream ? wholeCharacters(all) : all.length;
      const whole = all.subarray(0, cut);
      if (!isUtf8(whole)) throw new TypeError('not UTF-8');
      rest = all.slice(cut);
      const text = Buffer.from(whole.buffer, whole.byteOffset, whole.length).toString('utf8');
      const marked = isStart && text.startsWith('\ufeff');
      isStart &&= whole.length === 0;
      return marked ? text.slice(1) : text;
    },
  };
}

/** Length without a last character of which bytes are still to come. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at -= 1) {
    const byte = bytes[at]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return at + length > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

function notDecodable(encoding: string, bytes: Uint8Array, linesBefore: number): UnreadableFile {
  const readable = new TextDecoder(encoding).decode(bytes).split('\ufffd', 1)[0] ?? '';
  const advice =
    encoding === 'utf-8'
      ? '; save it as UTF-8, or say --encoding windows-1252 when it comes from a Western European Windows or Latin-1 system'
      : '';
  const line = linesBefore + newlines(readable);
  return new UnreadableFile('wrong-encoding', `the text is not valid ${encoding.toUpperCase()}${advice}`, { line });
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

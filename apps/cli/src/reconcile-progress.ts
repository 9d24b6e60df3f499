import type { Side } from './reconcile-flags.ts';

/** What a person sees of long work, on the error output; nothing of short work. */
export interface Progress {
  read(side: Side, bytes: number): void;
  comparing(items: number): void;
}

const QUIET_MS = 2_000;

export function progress(
  write: (text: string) => void = (text) => void process.stderr.write(text),
  now: () => number = () => performance.now(),
): Progress {
  const bytes = { left: 0, right: 0 };
  let items = 0;
  let last = now();
  const say = (text: () => string): void => {
    if (now() - last < QUIET_MS) return;
    last = now();
    write(`${text()}\n`);
  };
  return {
    read(side, more) {
      bytes[side] += more;
      say(() => `reading ${side}: ${Math.round(bytes[side] / 1_000_000)} MB`);
    },
    comparing(more) {
      items += more;
      say(() => `comparing: ${items.toLocaleString('en')} items`);
    },
  };
}

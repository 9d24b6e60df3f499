/** Tells a person what is going on; on a terminal a running count rewrites its line. */
export interface Progress {
  step(text: string): void;
  /** The state of what is going on; may come often. */
  state(text: string): void;
  /** Something noteworthy, on a line of its own. */
  note(text: string): void;
}

const STATE_INTERVAL_MS = 5_000;

/** Writes to `out`, normally standard error: standard output is for results. */
export function createProgress(out: { write(text: string): unknown; readonly isTTY?: boolean }): Progress {
  const begun = performance.now();
  let open = false;
  let shownAt = 0;
  let shown = '';
  const line = (text: string): void => {
    out.write(`${open ? '\n' : ''}${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
    open = false;
  };
  return {
    step: (text) => line(text),
    note: (text) => line(`  ${text}`),
    state(text) {
      if (text === shown) return;
      if (out.isTTY === true) {
        out.write(`\r\u001b[K          ${text}`);
        open = true;
      } else if (performance.now() - shownAt > STATE_INTERVAL_MS) {
        line(`  ${text}`);
        shownAt = performance.now();
      } else return;
      shown = text;
    },
  };
}

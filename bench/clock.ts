/** Milliseconds since the epoch with fractions; the processes of one machine agree on it. */
export const now = (): number => performance.timeOrigin + performance.now();

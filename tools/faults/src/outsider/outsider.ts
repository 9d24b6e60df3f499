import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A record as the outside client saw it. */
export interface SeenRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** In order; names may repeat. */
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
}

export interface NewRecord {
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer | string | null])[];
  /** Default: by key, as the Java client chooses. */
  readonly partition?: number;
}

/** Apache Kafka's own Java client in a process of its own: hands events over and reads topics while the faults happen. */
export interface Outsider {
  /** Begins to read a topic with read_committed, from its first record; what it saw grows in this list, in order per partition. */
  read(topic: string): readonly SeenRecord[];
  /** Forgets a topic. */
  stop(topic: string): void;
  /** Hands records to the client and returns at once; `send` waits for them, too. */
  push(topic: string, records: readonly NewRecord[]): void;
  /** acks=all, idempotent, in order per partition; resolves when all are acknowledged. @throws when one was refused */
  send(topic: string, records: readonly NewRecord[]): Promise<void>;
  /** Gives every partition back to its preferred leader, which a broker that was away does not get by itself. */
  elect(): Promise<void>;
  /** What it complained of and nobody waited for. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

interface Inside {
  readonly seen: Map<string, SeenRecord[]>;
  readonly failures: Map<string, string[]>;
  readonly flushes: Map<string, () => void>;
  readonly complaints: string[];
  ready: () => void;
}

const JVM = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData', '-Dlog4j2.level=OFF'];

/** @param jars folder with Kafka's jars, of the stack */
export async function startOutsider(jars: string, brokers: readonly string[]): Promise<Outsider> {
  const source = fileURLToPath(new URL('./Outsider.java', import.meta.url));
  const java = process.env['JAVA_HOME'] === undefined ? 'java' : `${process.env['JAVA_HOME']}/bin/java`;
  // Java itself expands the star of a class path.
  const child = spawn(java, [...JVM, '-cp', `${jars}/*`, source, brokers.join(',')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const started = Promise.withResolvers<void>();
  const inside: Inside = {
    seen: new Map(),
    failures: new Map(),
    flushes: new Map(),
    complaints: [],
    ready: started.resolve,
  };
  createInterface({ input: child.stdout }).on('line', (line) => hear(inside, line));
  void exited.then(() => started.reject(new Error('the outside client ended before it was ready')));
  await started.promise;
  return { ...talk(inside, (line) => void child.stdin.write(`${line}\n`)), complaints: inside.complaints, close };

  async function close(): Promise<void> {
    child.stdin.end();
    const limit = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(limit);
  }
}

function talk(
  inside: Inside,
  say: (line: string) => void,
): Pick<Outsider, 'read' | 'stop' | 'push' | 'send' | 'elect'> {
  let lastToken = 0;
  const push: Outsider['push'] = (topic, records) => {
    if (!inside.failures.has(topic)) inside.failures.set(topic, []);
    for (const { partition, key, value, headers } of records) {
      const pairs = headers.map(([name, text]) => `${encoded(name)}:${encoded(text)}`);
      say(['send', topic, partition ?? '-', encoded(key), encoded(value), pairs.join(',')].join('\t'));
    }
  };
  const ask = (word: string): Promise<void> => {
    const token = String(++lastToken);
    const answered = new Promise<void>((resolve) => inside.flushes.set(token, resolve));
    say(`${word}\t${token}`);
    return answered;
  };
  return {
    elect: () => ask('elect'),
    read(topic) {
      const seen: SeenRecord[] = [];
      inside.seen.set(topic, seen);
      say(`read\t${topic}`);
      return seen;
    },
    stop(topic) {
      say(`stop\t${topic}`);
      inside.seen.delete(topic);
    },
    push,
    async send(topic, records) {
      push(topic, records);
      await ask('flush');
      const failures = inside.failures.get(topic) ?? [];
      inside.failures.delete(topic);
      if (failures.length > 0) throw new Error(`${topic}: ${failures.length} records refused: ${failures[0] ?? ''}`);
    },
  };
}

function hear(inside: Inside, line: string): void {
  const [word = '', topic = '', ...rest] = line.split('\t');
  if (word === 'ready') inside.ready();
  else if (word === 'record') inside.seen.get(topic)?.push(toRecord(rest));
  else if (word === 'flushed') inside.flushes.get(topic)?.();
  else if (inside.failures.has(topic)) inside.failures.get(topic)?.push(rest.join(' '));
  else inside.complaints.push(line);
}

function toRecord([partition, offset, timestamp, key, value, headers]: readonly string[]): SeenRecord {
  return {
    partition: Number(partition),
    offset: BigInt(offset ?? 0),
    timestamp: Number(timestamp),
    key: decoded(key),
    value: decoded(value),
    headers: (headers ?? '')
      .split(',')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [name, text] = pair.split(':');
        return [decoded(name)?.toString() ?? '', decoded(text)] as const;
      }),
  };
}

function encoded(bytes: Buffer | string | null): string {
  return bytes === null ? '-' : Buffer.from(bytes as string).toString('base64');
}

function decoded(text: string | undefined): Buffer | null {
  return text === undefined || text === '-' ? null : Buffer.from(text, 'base64');
}

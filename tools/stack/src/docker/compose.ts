import { parse } from 'yaml';

/** The parts of a compose file that decide what runs in a container, as docker-compose.yml uses them. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

export interface ComposeService {
  readonly image?: string;
  readonly hostname?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target: string };
  readonly profiles?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  /** `source:target[:ro]`. */
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: Condition }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

export type Condition = 'service_healthy' | 'service_completed_successfully';

/** Reads a compose file; `${NAME:-default}` takes what `variables` has, as it would from `.env`. */
export function readCompose(text: string, variables: Readonly<Record<string, string>> = {}): ComposeFile {
  const filled = text.replaceAll(
    /\$\{(\w+):-([^}]*)\}/g,
    (_, name: string, fallback: string) => variables[name] ?? fallback,
  );
  if (filled.includes('${')) throw new Error('only ${NAME:-default} is understood');
  return parse(filled, { merge: true }) as ComposeFile;
}

/** Names in the order of their start: what a service depends on comes first. @throws when they wait for each other */
export function startOrder(services: Readonly<Record<string, ComposeService>>): readonly string[] {
  const order: string[] = [];
  const visit = (name: string, waiting: readonly string[]): void => {
    if (order.includes(name)) return;
    if (waiting.includes(name)) throw new Error(`${[...waiting, name].join(' waits for ')}`);
    const service = services[name];
    if (service === undefined) throw new Error(`${waiting.at(-1) ?? ''} depends on ${name}, which is no service`);
    for (const needed of Object.keys(service.depends_on ?? {})) visit(needed, [...waiting, name]);
    order.push(name);
  };
  for (const name of Object.keys(services)) visit(name, []);
  return order;
}

/** How a container's surroundings map to this machine. */
export interface Surroundings {
  /** Addresses by name or name:port. */
  readonly hosts: Readonly<Record<string, string>>;
  /** What the container calls itself: such a name counts where it stands alone, too. */
  readonly itself: readonly string[];
  readonly mounts: readonly { readonly inside: string; readonly outside: string }[];
}

const ADDRESS = /^([a-z][a-z+]*:\/\/(?:[^@/]*@)?)?([a-z0-9.-]+)(:\d+)?(?=$|\/)/;

/**
 * A text meant for a container, such as a variable or an argument, as it has to read for a process on this machine. The one rule:
 * a path that is mounted becomes what is mounted there, also where a configuration names it as a file, and the address in a host:port or a URL becomes the one in `hosts`.
 * Everything else stays.
 */
export function outside(text: string, { hosts, itself, mounts }: Surroundings): string {
  const mount = mounts.find(({ inside }) => text === inside || text.startsWith(`${inside}/`));
  if (mount !== undefined) return mount.outside + text.slice(mount.inside.length);
  const named = mounts.reduce((all, one) => all.replaceAll(`file: ${one.inside}/`, `file: ${one.outside}/`), text);
  return named.replace(ADDRESS, (all, scheme = '', name: string, port = '') => {
    if (`${scheme}${port}` === '' && !itself.includes(name)) return all;
    const address = hosts[`${name}${port}`] ?? (hosts[name] === undefined ? undefined : `${hosts[name]}${port}`);
    return address === undefined ? all : `${scheme}${address}`;
  });
}

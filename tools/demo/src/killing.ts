import type { Service } from './options.ts';
import type { Progress } from './progress.ts';
import type { Supervisor } from './supervisor.ts';

/** Kills each of the services asked for once, when it is at work. */
export interface Killing {
  /** Whether the service is to be killed now that this share of its data is loaded. */
  isDue(service: Service, share: number): boolean;
  kill(service: Service): void;
  /** Kills those of the services that are due. */
  killDue(services: readonly Service[], share: number): void;
  /** Whatever never became due, because there was too little to load. */
  killRest(): void;
}

/** What comes after this share of a service's data meets one that is killed. */
const KILL_AT = 0.4;

export function createKilling(services: readonly Service[], supervisor: Supervisor, progress: Progress): Killing {
  const due = new Set(services);
  const isDue: Killing['isDue'] = (service, share) => due.has(service) && share >= KILL_AT;
  const kill = (service: Service): void => {
    due.delete(service);
    progress.note(`killing ${service}, pid ${String(supervisor.pids()[service])} (SIGKILL)`);
    supervisor.kill(service);
  };
  return {
    isDue,
    kill,
    killDue: (some, share) => some.filter((service) => isDue(service, share)).forEach(kill),
    killRest: () => [...due].forEach(kill),
  };
}

import { DataError, MisconfiguredError, outcomeUnknown, TransientError } from '@tieout/messaging';
import type { Failure } from './failure.ts';

/** What is known of the call that failed. */
export interface FailedCall {
  /** For people: `create A_SalesOrder`. */
  readonly name: string;
  /** It would have changed something. */
  readonly writes: boolean;
  /** Milliseconds that the answer asks to wait, null when it names none. */
  readonly retryAfterMs: number | null;
}

/** Gateway's errors of set-up, and what a person does about them. */
const setUp: Readonly<Record<string, string>> = {
  '/IWFND/MED/170': 'activate the service (/IWFND/MAINT_SERVICE, or its communication arrangement in the cloud)',
  '/IWFND/CM_COS/064': 'assign a system alias to the service (/IWFND/MAINT_SERVICE)',
};

/** "Object requested is currently locked by user"; applications with numbers of their own are told by their words. */
const lockNumber = 'MC/601';
const lockWords = /(currently|already) (being )?(locked|processed|edited|used)|locked by (user )?\S+/i;
const unknownProperty = /property '?([\w/]+)'? (was )?not found in type|property '?([\w/]+)'? (is|was) invalid/i;

/** The one place where SAP's errors become ours. */
export function toError(call: FailedCall, failure: Failure): Error {
  const { status } = failure;
  const text = `SAP ${call.name}: ${failure.code} ${failure.message}`;
  if (status === 412) return new TransientError('sap-changed-meanwhile', text);
  if (status === 428) return new DataError('sap-rejected', `${text}: an If-Match is needed`);
  const problem = setUpProblem(failure);
  if (problem !== null) return new MisconfiguredError('sap-api-refused', `${text}: ${problem}`);
  if (isLocked(failure)) return new TransientError('sap-locked', text);
  if (status === 401) return new MisconfiguredError('sap-login-refused', text);
  if (status === 403) return new MisconfiguredError('sap-api-refused', text);
  if (status === 404) return notFound(failure, text);
  return overload(call, status, text) ?? new DataError('sap-rejected', text);
}

function setUpProblem({ codes, message }: Failure): string | null {
  const code = codes.find((each) => each in setUp);
  if (code !== undefined) return setUp[code] ?? null;
  const property = unknownProperty.exec(message);
  if (property === null) return null;
  return `this release has no ${property[1] ?? property[3] ?? 'such property'}: name it in \`without\` of the instance`;
}

function isLocked({ status, codes, message }: Failure): boolean {
  return status === 423 || codes.includes(lockNumber) || lockWords.test(message);
}

/** A page instead of an OData error says that the address leads to no service. */
function notFound({ fromService }: Failure, text: string): Error {
  if (fromService) return new DataError('sap-not-found', text);
  return new MisconfiguredError('sap-api-refused', `${text}: check url, basePath and that the ICF node is active`);
}

/** Too many calls changed nothing; a break-down on the way, or a gateway that gave up waiting, may have. */
function overload({ writes, retryAfterMs }: FailedCall, status: number, text: string): Error | null {
  const wait = retryAfterMs === null ? {} : { retryAfterMs };
  if (status === 429 || (status === 503 && retryAfterMs !== null)) return new TransientError('sap-busy', text, wait);
  if (status !== 408 && status < 500) return null;
  return writes ? outcomeUnknown(text) : new TransientError('sap-unavailable', text, wait);
}

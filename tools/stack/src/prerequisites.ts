import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OLDEST_JAVA = 17;

/** Something that the machine lacks; the message says how to install it. */
export class PrerequisiteError extends Error {
  override readonly name = 'PrerequisiteError';
}

/** Throws a PrerequisiteError naming everything that is missing at once, with a command for each package manager. */
export async function checkPrerequisites(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const [java, maven] = await Promise.all([javaVersion(env), hasMaven(env)]);
  const lacks: string[] = [];
  if (java === null) lacks.push(`Java ${OLDEST_JAVA} or newer was not found`);
  else if (java < OLDEST_JAVA) lacks.push(`Java ${OLDEST_JAVA} or newer is needed, found ${java}`);
  if (!maven) lacks.push('Maven (mvn) was not found');
  if (lacks.length > 0) throw new PrerequisiteError(advice(lacks));
}

function advice(lacks: readonly string[]): string {
  return [
    `The local stack cannot start: ${lacks.join('; ')}.`,
    'Install with one of:',
    '  apt:   sudo apt-get install -y openjdk-17-jdk-headless maven',
    '  dnf:   sudo dnf install -y java-17-openjdk-headless maven',
    '  brew:  brew install openjdk@17 maven',
    'and see that java and mvn are on the PATH (or set JAVA_HOME).',
  ].join('\n');
}

/** The java that the stack runs: the one of JAVA_HOME, as mvn does it, else the one on the PATH. */
export function javaCommand(env: NodeJS.ProcessEnv = process.env): string {
  return env['JAVA_HOME'] ? `${env['JAVA_HOME']}/bin/java` : 'java';
}

async function javaVersion(env: NodeJS.ProcessEnv): Promise<number | null> {
  try {
    const { stderr, stdout } = await run(javaCommand(env), ['-version'], { env });
    return majorOf(`${stderr}${stdout}`);
  } catch {
    return null;
  }
}

/** "17.0.15" -> 17; the old scheme "1.8.0_392" -> 8. */
export function majorOf(versionText: string): number | null {
  const match = /version "(?:1\.)?(\d+)/.exec(versionText);
  return match?.[1] === undefined ? null : Number(match[1]);
}

async function hasMaven(env: NodeJS.ProcessEnv): Promise<boolean> {
  // Only found, not run: mvn -v takes a second, on every start.
  const found = await Promise.all((env['PATH'] ?? '').split(':').map((folder) => isExecutable(`${folder}/mvn`)));
  return found.includes(true);
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

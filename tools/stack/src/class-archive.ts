import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ARCHIVE = 'classes.jsa';

/**
 * Flags that let Java start with an archive of the classes that the server loads, which halves the processor time of a
 * start. While the folder has no archive yet, they make Java write one when it exits. Java ignores an archive that
 * another version of it wrote. The server has to run with its jar folder as working directory and relative paths:
 * Java compares them, and the folder is renamed after the archive was made.
 */
export function archiveFlags(jars: string): string[] {
  const flag = existsSync(join(jars, ARCHIVE)) ? 'SharedArchiveFile' : 'ArchiveClassesAtExit';
  return ['-Xshare:auto', `-XX:${flag}=${join(jars, ARCHIVE)}`];
}

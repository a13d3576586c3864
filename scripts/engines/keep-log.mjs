import { closeSync, openSync, writeSync } from 'node:fs';
import { rotateLog } from './files.mjs';
import { visible } from './visible.mjs';

/** A line that never ends is cut here, characters. */
const LONGEST_LINE = 100_000;

/**
 * Keeps what an engine prints in a file, a line each. Statements, names and messages in it come from outside: what would
 * forge a line or steer the terminal that shows it is escaped (security U5). Only line feeds end a line: PostgreSQL
 * indents what follows one in a message, and does not a carriage return.
 *
 * @param child started with pipes for its standard output and error
 */
export function keepLog(child, logFile) {
  rotateLog(logFile);
  const file = openSync(logFile, 'a', 0o600);
  const write = (line) => writeSync(file, `${visible(line, '\t')}\n`);
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) write(line);
      if (rest.length > LONGEST_LINE) {
        write(rest);
        rest = '';
      }
    });
    stream?.on('end', () => rest !== '' && write(rest));
  }
  child.once('close', () => closeSync(file));
}

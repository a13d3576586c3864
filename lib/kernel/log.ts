import pino from 'pino';

/** The structured logger of every process: one JSON line an event, secrets never passed in. */
export type Log = pino.Logger;

/**
 * Makes the logger of one process. Strings are JSON-encoded, so a CR, LF or escape sequence from
 * outside cannot forge a line (security U5).
 */
export function createLog(process: string, level: string = 'info'): Log {
  return pino({
    level,
    base: { process },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['*.authorization', '*.cookie', '*.password', '*.token', '*.secret'],
      censor: '[redacted]',
    },
  });
}

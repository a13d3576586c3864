import pino from 'pino';

/** The structured logger of every process: one JSON line an event, secrets never passed in. */
export type Log = pino.Logger;

const PARAMETERS = ['params', 'parameters', 'args', 'query'];

/**
 * An error without what a failed statement was called with: its parameters may be hashes, addresses or
 * content (security P4).
 */
function errorWithoutParameters(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { raw: _, ...plain } = pino.stdSerializers.err(error);
  const kept = Object.entries(plain)
    .filter(([name]) => !PARAMETERS.includes(name))
    .map(([name, value]) => [name, typeof value === 'string' ? withoutParameters(value) : value]);
  return Object.fromEntries(kept);
}

/** Drizzle writes the parameters into the message, below the statement; what follows stands in the stack. */
function withoutParameters(text: string): string {
  return text.replace(/\nparams: [\s\S]*?(?=\n\s+at |$)/g, '\nparams: [left out]');
}

/**
 * Makes the logger of one process. Strings are JSON-encoded, so a CR, LF or escape sequence from
 * outside cannot forge a line (security U5).
 */
export function createLog(process: string, level: string = 'info'): Log {
  return pino({
    level,
    base: { process },
    serializers: { err: errorWithoutParameters },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['*.authorization', '*.cookie', '*.password', '*.token', '*.secret'],
      censor: '[redacted]',
    },
  });
}

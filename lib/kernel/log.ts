import { format } from 'node:util';
import pino from 'pino';
import { escapeControls } from '#lib/model/visible-text.ts';

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
 * Makes the logger of one process. Strings are JSON-encoded, and what JSON leaves as it is of control characters (DEL,
 * C1) is escaped too: nothing from outside forges a line or steers the terminal that shows it (security U5).
 */
export function createLog(process: string, level: string = 'info'): Log {
  return pino({
    level,
    base: { process },
    hooks: { streamWrite: (line) => escapeControls(line, '\n') },
    serializers: { err: errorWithoutParameters },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['*.authorization', '*.cookie', '*.password', '*.token', '*.secret'],
      censor: '[redacted]',
    },
  });
}

type Console = Pick<typeof console, 'debug' | 'error' | 'info' | 'log' | 'warn'>;

/**
 * Takes what a framework writes to the console into the log, a line each: its errors hold text from outside, which
 * otherwise makes lines of its own (security U5) and shows what a failed statement was called with (security P4).
 */
export function takeConsole(log: Log, of: Console = console): void {
  const take =
    (level: 'debug' | 'error' | 'info' | 'warn') =>
    (...parts: unknown[]): void => {
      const err = parts.find((part) => part instanceof Error);
      const words = format(...parts.filter((part) => part !== err)).trim();
      if (err) log[level]({ err }, words);
      else log[level](words);
    };
  Object.assign(of, {
    debug: take('debug'),
    error: take('error'),
    info: take('info'),
    log: take('info'),
    warn: take('warn'),
  });
}

import { isAppError } from '#lib/kernel/errors.ts';
import type { QueryTemplate } from '#lib/model/gate-source.ts';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { createOutboundClient, type OutboundClient } from '#lib/outbound/client.ts';
import { type QueryOutcome, readAnswer } from './read-answer.ts';
import { type QueryValues, renderQuery } from './render-query.ts';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 1024 * 1024;
/** Prometheus refuses more points a series; a longer window is asked for at a wider step. */
const MOST_POINTS = 1000;

/** A server, and how it is entered. */
export interface PrometheusServer {
  url: string;
  /** The whole header; null: none. */
  authorization: string | null;
}

export interface AskedQuery {
  template: QueryTemplate;
  values: QueryValues;
  /** Unix milliseconds. */
  from: number;
  to: number;
}

/** The client that servers are asked with; to be closed. */
export const prometheusClient = (policy: OutboundPolicy, timeoutMs = TIMEOUT_MS): OutboundClient =>
  createOutboundClient({ policy, timeoutMs, maxResponseBytes: MOST_BYTES });

function requestOf({ template, values, from, to }: AskedQuery): { path: string; form: URLSearchParams } {
  const [start, end] = [from / 1000, to / 1000];
  const query = renderQuery(template.query, values, end - start);
  if (template.stepSeconds === null) {
    return { path: 'query', form: new URLSearchParams({ query, time: String(end) }) };
  }
  const step = Math.max(template.stepSeconds, Math.ceil((end - start) / MOST_POINTS));
  const range = { query, start: String(start), end: String(end), step: String(step) };
  return { path: 'query_range', form: new URLSearchParams(range) };
}

/** Asks one question of a server. Never rejects: what goes wrong is an outcome too (deployment S-97). */
export async function askPrometheus(
  client: OutboundClient,
  { url, authorization }: PrometheusServer,
  asked: AskedQuery,
): Promise<QueryOutcome> {
  const { path, form } = requestOf(asked);
  try {
    const answer = await client.send({
      method: 'POST',
      url: `${url.replace(/\/+$/, '')}/api/v1/${path}`,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(authorization === null ? {} : { authorization }),
      },
      body: form.toString(),
    });
    return readAnswer(answer, asked.template.passes);
  } catch (error) {
    return { kind: 'error', reason: isAppError(error) ? error.message : 'The server could not be asked.' };
  }
}

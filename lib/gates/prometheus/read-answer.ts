import { z } from 'zod';
import type { QueryTemplate } from '#lib/model/gate-source.ts';

/** What one question came to, before policies. `worst`: the point that is the farthest from passing. */
export type QueryOutcome =
  | { kind: 'pass'; worst: number; points: number }
  | { kind: 'fail'; worst: number; points: number }
  | { kind: 'no_data'; reason: string }
  | { kind: 'error'; reason: string };

const sample = z.tuple([z.number(), z.string()]);
const answerSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('error'), error: z.string().default('') }),
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample })) }),
      z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ values: z.array(sample) })) }),
      z.object({ resultType: z.literal('scalar'), result: sample }),
    ]),
  }),
]);

const MOST_WORDS = 200;

function parse(body: string): z.infer<typeof answerSchema> | null {
  try {
    const parsed = answerSchema.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

const TESTS: Record<QueryTemplate['passes']['operator'], (value: number, bound: number) => boolean> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/**
 * What an answer of Prometheus says: it passes only if every point of every series does (deployment S-98); nothing, or a
 * point that is no number, is no data, for neither says that all is well (deployment S-97).
 */
export function readAnswer(
  { status, body }: { status: number; body: string },
  { operator, value: bound }: QueryTemplate['passes'],
): QueryOutcome {
  const answer = parse(body);
  if (answer?.status === 'error') {
    const said = answer.error.replaceAll(/\s+/g, ' ').slice(0, MOST_WORDS);
    return { kind: 'error', reason: `The server refused the query: ${said || `status ${status}`}` };
  }
  if (answer === null || status < 200 || status > 299) {
    return { kind: 'error', reason: `The server answered ${status} with no result of a query.` };
  }
  const { data } = answer;
  const points =
    data.resultType === 'scalar'
      ? [data.result]
      : data.resultType === 'vector'
        ? data.result.map(({ value }) => value)
        : data.result.flatMap(({ values }) => values);
  const numbers = points.map(([, text]) => (text.trim() === '' ? Number.NaN : Number(text)));
  if (numbers.length === 0) return { kind: 'no_data', reason: 'The query found no series.' };
  if (!numbers.every(Number.isFinite)) {
    return { kind: 'no_data', reason: 'A point of the answer is no number (NaN or Inf).' };
  }
  const worst = numbers.reduce((a, b) => (operator.startsWith('<') ? Math.max(a, b) : Math.min(a, b)));
  const passes = numbers.every((number) => TESTS[operator](number, bound));
  return { kind: passes ? 'pass' : 'fail', worst, points: numbers.length };
}

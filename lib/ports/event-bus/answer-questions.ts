import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';
import { channels } from '#lib/model/event.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { Answerer, EventBus } from './port.ts';
import { messageOf, orderSchema, questionSchema, type Reply } from './question-messages.ts';

/** Questions that a worker answers at once; while it has so many it offers to take no other. */
const AT_ONCE = 32;
/** A bus that was away is asked again after this, milliseconds. */
const LISTEN_AGAIN_MS = 5000;
/** Who does not hold what a question is about lets the one who does go first, milliseconds. */
const AFTER_HOLDER_MS = 150;

/** The reply to a failure: an expected one in its own words, any other in the log. */
function refusalOf(id: string, error: unknown, log: Log, kind: string): Reply {
  if (isAppError(error)) return { is: 'refusal', id, code: error.code, message: error.message };
  log.error({ err: error, kind }, 'a question could not be answered');
  return { is: 'refusal', id, code: 'internal', message: 'The worker failed; its log says why.' };
}

/**
 * Answers what is asked of workers, until it is stopped; `ready` resolves once the bus has taken that. A bus that is
 * away at the start is asked again.
 */
export function answerQuestions(
  bus: Pick<EventBus, 'publish' | 'subscribe'>,
  answerers: Readonly<Record<string, Answerer>>,
  log: Log,
): { ready: Promise<void>; stop(): Promise<void> } {
  const self = uuidv7();
  const ending = new AbortController();
  let busy = 0;

  function reply(asker: string, what: Reply): void {
    bus
      .publish(channels.answers(asker), JSON.stringify(what))
      .catch((error: unknown) => log.warn({ err: error }, 'an answer could not be sent'));
  }

  function hearQuestion(payload: string): void {
    const question = messageOf(questionSchema, payload);
    const answerer = question && Object.hasOwn(answerers, question.kind) && answerers[question.kind];
    if (!question || !answerer || busy >= AT_ONCE || ending.signal.aborted) return;
    const offer = () => reply(question.asker, { is: 'offer', id: question.id, worker: self });
    if (question.holding === null || answerer.holds?.(question.holding)) offer();
    else setTimeout(offer, AFTER_HOLDER_MS).unref();
  }

  async function carryOut(payload: string): Promise<void> {
    const order = messageOf(orderSchema, payload);
    const answerer = order && answerers[order.kind];
    if (!order || !answerer) return;
    busy += 1;
    try {
      const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(order.forMs)]);
      const body = await answerer.answer(order.input, signal);
      reply(order.asker, { is: 'answer', id: order.id, body });
    } catch (error) {
      reply(order.asker, refusalOf(order.id, error, log, order.kind));
    } finally {
      busy -= 1;
    }
  }

  const leaves: (() => Promise<void>)[] = [];

  async function listen(): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        leaves.push(await bus.subscribe(channels.questionsTo(self), (payload) => void carryOut(payload)));
        leaves.push(await bus.subscribe(channels.questions, hearQuestion));
        return;
      } catch (error) {
        log.warn({ err: error }, 'questions are not heard for now');
        await sleep(LISTEN_AGAIN_MS, undefined, { signal: ending.signal }).catch(() => undefined);
      }
    }
  }

  const ready = listen();
  return {
    ready,
    async stop() {
      ending.abort();
      await ready;
      await Promise.all(leaves.map((leave) => leave().catch(() => undefined)));
    },
  };
}

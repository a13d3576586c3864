import { AppError } from '#lib/kernel/errors.ts';
import { channels } from '#lib/model/event.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { EventBus, QuestionOptions, Workers } from './port.ts';
import { messageOf, type Reply, replySchema } from './question-messages.ts';

const WITHIN_MS = 5000;

/** A question that waits. */
interface Open {
  offered(worker: string): void;
  answered(reply: Exclude<Reply, { is: 'offer' }>): void;
}

/**
 * Asks workers over a bus. Nothing is subscribed before the first question.
 *
 * @param withinMs how long an answer is waited for, milliseconds
 */
export function createWorkers(
  bus: Pick<EventBus, 'publish' | 'subscribe'>,
  withinMs: number = WITHIN_MS,
): Workers {
  const self = uuidv7();
  const open = new Map<string, Open>();
  let listening: Promise<unknown> | null = null;

  function hear(payload: string): void {
    const reply = messageOf(replySchema, payload);
    if (!reply) return;
    const question = open.get(reply.id);
    if (reply.is === 'offer') question?.offered(reply.worker);
    else question?.answered(reply);
  }

  function listen(): Promise<unknown> {
    listening ??= bus.subscribe(channels.answers(self), hear).catch((error: unknown) => {
      listening = null;
      throw error;
    });
    return listening;
  }

  return {
    async ask(kind, input, { holding, onTaken }: QuestionOptions = {}) {
      const id = uuidv7();
      const endsAt = performance.now() + withinMs;
      const settled = Promise.withResolvers<unknown>();
      let worker: string | null = null;
      const late = () => {
        const seconds = Math.ceil(withinMs / 1000);
        const who = worker === null ? 'No worker answered' : 'The cluster did not answer';
        settled.reject(new AppError('unavailable', `${who} within ${seconds} s.`));
      };
      const timer = setTimeout(late, withinMs);
      open.set(id, {
        offered(by) {
          if (worker !== null) return;
          worker = by;
          onTaken?.();
          const order = {
            id,
            asker: self,
            kind,
            input,
            forMs: Math.max(0, Math.round(endsAt - performance.now())),
          };
          bus.publish(channels.questionsTo(by), JSON.stringify(order)).catch(settled.reject);
        },
        answered(reply) {
          if (reply.is === 'answer') settled.resolve(reply.body);
          else settled.reject(new AppError(reply.code, reply.message));
        },
      });
      listen()
        .then(() =>
          bus.publish(
            channels.questions,
            JSON.stringify({ id, asker: self, kind, holding: holding ?? null }),
          ),
        )
        .catch(settled.reject);
      try {
        return await settled.promise;
      } finally {
        clearTimeout(timer);
        open.delete(id);
      }
    },
  };
}

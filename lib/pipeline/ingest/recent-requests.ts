/** How many answers are remembered. */
const MAX_REMEMBERED = 20_000;

/**
 * Remembers requests by the hash of their bytes, so that an exporter's retry is answered like the first
 * send: it joins the first while that is under way, and gets its answer afterwards. A request that failed
 * is forgotten. What fell out of memory, or went to another process, is still caught by its claim in the
 * store.
 */
export function createRecentRequests<Answer>(maxRemembered = MAX_REMEMBERED) {
  const answers = new Map<string, Promise<Answer>>();
  return {
    /** Runs `take` unless the same request is known; says which of both it was. */
    once(id: string, take: () => Promise<Answer>): { answer: Promise<Answer>; repeated: boolean } {
      const known = answers.get(id);
      if (known !== undefined) return { answer: known, repeated: true };
      const answer = take();
      answers.set(id, answer);
      if (answers.size > maxRemembered) answers.delete(answers.keys().next().value as string);
      answer.catch(() => {
        if (answers.get(id) === answer) answers.delete(id);
      });
      return { answer, repeated: false };
    },
  };
}

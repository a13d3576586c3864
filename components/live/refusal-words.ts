/** What a page hears when an answer said that nobody is signed in any more. */
export const SIGNED_OUT_EVENT = 'pitwall:signed-out';

/** Tells the page that its session has ended, where an answer says so. */
export function noteSignedOut({ status }: Response): void {
  if (status === 401) window.dispatchEvent(new Event(SIGNED_OUT_EVENT));
}

/**
 * Why the server did not do what a page asked, in words for the person who looks: its own, but where nobody is signed in
 * any more, which it says for machines.
 */
export async function refusalWords(response: Response): Promise<string> {
  noteSignedOut(response);
  if (response.status === 401) return 'Your session has ended. Sign in again.';
  const problem: unknown = await response.json().catch(() => null);
  const detail =
    typeof problem === 'object' && problem !== null && 'detail' in problem ? problem.detail : null;
  return typeof detail === 'string' ? detail : `The server answered ${response.status}.`;
}

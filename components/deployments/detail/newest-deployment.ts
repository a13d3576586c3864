import type { DeploymentDetail } from '#lib/model/deployment.ts';

/** What is known of a deployment after an answer: a late one takes nothing back (deployment S-66). */
export function newestDeployment(before: DeploymentDetail, answer: DeploymentDetail): DeploymentDetail {
  if (answer.seq < before.seq) return before;
  // Looks at a rollout that saw nothing new have no sequence of their own.
  const isLaterLook = (before.progress?.observedAt ?? 0) <= (answer.progress?.observedAt ?? 0);
  return answer.seq > before.seq || isLaterLook ? answer : before;
}

/** What an event, or the answer to an act, says of it before it can be read again. */
export function withNews(
  before: DeploymentDetail,
  { seq, status }: Pick<DeploymentDetail, 'seq' | 'status'>,
): DeploymentDetail {
  return before.seq < seq ? { ...before, seq, status } : before;
}

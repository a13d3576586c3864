/** What a person can do with an alert; each needs a permission of its own (security Z10). */
const ACTS = {
  acknowledge: 'acknowledge alerts',
  resolve: 'resolve or reopen alerts',
  snooze: 'snooze alerts',
  assign: 'hand alerts over',
  comment: 'comment on alerts',
} as const;

/** Why a person may not do each of them, in words; null where they may. */
export type Refusals = Readonly<Record<keyof typeof ACTS, string | null>>;

export function refusalsOf(permissions: ReadonlySet<string>): Refusals {
  const rows = Object.entries(ACTS).map(([act, words]) => [
    act,
    permissions.has(`alerts:${act}`) ? null : `Your role may not ${words}.`,
  ]);
  return Object.fromEntries(rows);
}

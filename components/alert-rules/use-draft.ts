import { useMemo, useState } from 'react';
import type { ShownFailure } from '#components/ui/bound-action.ts';
import type { RuleDraft } from './draft.ts';
import { type DraftReading, readDraft, WRONG_ON_SAVE } from './read-draft.ts';

/** What the editor's sections work on: the fields, how to change some of them, and what is wrong with which. */
export interface DraftState extends DraftReading {
  draft: RuleDraft;
  set: (part: Partial<RuleDraft>) => void;
  /** By path of the definition, `name` beside it. */
  errors: ReadonlyMap<string, string>;
}

const withoutPrefix = (path: string) => path.replace(/^definition\.?/, '');

/**
 * The state of the editor. What the fields themselves can't read counts first, then what the server said of
 * the definition when it was last asked (`told`); what may be half typed is only wrong once somebody wanted to save.
 */
export function useDraft(start: RuleDraft, told: ShownFailure['issues'], triedToSave: boolean): DraftState {
  const [draft, setDraft] = useState(start);
  const reading = useMemo(() => readDraft(draft), [draft]);
  const errors = new Map<string, string>();
  for (const { path, message } of told) errors.set(withoutPrefix(path), message);
  for (const { path, message } of reading.issues) {
    if (triedToSave || !WRONG_ON_SAVE.includes(path)) errors.set(path, message);
  }
  const set = (part: Partial<RuleDraft>) => setDraft((before) => ({ ...before, ...part }));
  return { ...reading, draft, set, errors };
}

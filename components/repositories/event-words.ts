import type { TriggerEvent } from '#lib/model/repository.ts';

/** Events as people say them. */
export const EVENT_WORDS: Record<TriggerEvent, string> = {
  push: 'Push',
  workflow_run: 'Workflow succeeded',
  release: 'Release published',
};

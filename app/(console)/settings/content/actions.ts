'use server';

import { requestErasure } from '#lib/content/erasure/request-erasure.ts';
import { previewContentRedaction } from '#lib/content/redaction/queries.ts';
import {
  createRedactionRule,
  deleteRedactionRule,
  raiseRedactionRule,
  updateRedactionRule,
} from '#lib/content/redaction/rule-verbs.ts';
import { setContentCapture } from '#lib/content/set-capture.ts';
import { action, asking } from '#lib/web/action.ts';

export const eraseContent = action(requestErasure);
export const setCapture = action(setContentCapture);
export const createRule = action(createRedactionRule);
export const updateRule = action(updateRedactionRule);
export const deleteRule = action(deleteRedactionRule);
export const raiseRule = action(raiseRedactionRule);
export const previewRules = asking(previewContentRedaction);

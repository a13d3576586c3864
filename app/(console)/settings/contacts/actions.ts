'use server';

import {
  createContactMethod as createCommand,
  deleteContactMethod as deleteCommand,
  setNotificationRules as setRulesCommand,
} from '#lib/notifications/contacts/contact-verbs.ts';
import { action } from '#lib/web/action.ts';

export const createContactMethod = action(createCommand);
export const deleteContactMethod = action(deleteCommand);
export const setNotificationRules = action(setRulesCommand);

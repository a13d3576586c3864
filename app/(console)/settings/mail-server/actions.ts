'use server';

import { setMailServer } from '#lib/settings/mail-server.ts';
import { action } from '#lib/web/action.ts';
import { sendTestMail as send } from '#lib/web/mail-test.ts';

export const saveMailServer = action(setMailServer);

export async function sendTestMail() {
  return send();
}

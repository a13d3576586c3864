import { webContext } from '#lib/compose/web.ts';

/** Whether a mail server is set up, here or by the environment: without one nobody is reached by e-mail. */
export async function sendsMail(): Promise<boolean> {
  const { settings } = await webContext();
  return (await settings.current()).mailServer !== null;
}

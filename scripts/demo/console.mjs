/** The console for a program: signs an admin in as the form does, and speaks to the REST API in their name. */

const HIDDEN = /<input[^>]*type="hidden"[^>]*>/g;
const attribute = (tag, name) => {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value
    ?.replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
};

/** Cookies that an answer sets, as a request hands them back. */
const cookiesOf = (response) => response.headers.getSetCookie().map((line) => line.split(';', 1)[0]);

/** The form works without JavaScript, so that its hidden fields are all that it takes. */
async function signIn(url, { email, password }) {
  const page = await fetch(`${url}/sign-in`);
  const text = await page.text();
  const form = text.split('<form').find((part) => part.includes('name="password"')) ?? '';
  const body = new FormData();
  for (const tag of form.split('</form>', 1)[0].match(HIDDEN) ?? [])
    body.set(attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? '');
  body.set('email', email);
  body.set('password', password);
  const headers = { origin: new URL(url).origin, cookie: cookiesOf(page).join('; ') };
  const answer = await fetch(`${url}/sign-in`, { method: 'POST', body, headers, redirect: 'manual' });
  await answer.arrayBuffer();
  const cookies = cookiesOf(answer).filter((cookie) => /session/.test(cookie));
  if (cookies.length === 0) throw new Error(`Nobody could be signed in as ${email} (${answer.status}).`);
  return cookies.join('; ');
}

/** @returns a function that asks the REST API: `call(method, path, body)`; throws with the words of a refusal */
export async function openConsole(url, admin) {
  const cookie = await signIn(url, admin);
  return async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { cookie, origin: new URL(url).origin, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
}

/*
 * The page that stands where a page of the console cannot be had: it says that there is no connection and what
 * becomes of acknowledgements that wait. Part of the service worker (sw.js), so that the browser keeps it with the
 * worker and renews both at once; it needs no script, style sheet or font of its own.
 */
const OFFLINE_STYLE = `
  :root { color-scheme: light dark; --ink: #1b1d21; --muted: #5b616b; --line: #d5d9df; --ground: #f6f7f9; --card: #fff; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #eceef1; --muted: #a4abb6; --line: #363b43; --ground: #121417; --card: #1a1d21; }
  }
  body { margin: 0; padding: 16px; min-height: 100vh; box-sizing: border-box; display: grid; place-items: center;
    background: var(--ground); color: var(--ink); font: 16px/24px ui-sans-serif, system-ui, sans-serif; }
  main { box-sizing: border-box; width: 100%; max-width: 448px; padding: 24px; border: 1px solid var(--line);
    border-radius: 8px; background: var(--card); overflow-wrap: anywhere; }
  h1 { margin: 0 0 8px; font-size: 20px; line-height: 28px; }
  h2 { margin: 24px 0 4px; font-size: 16px; line-height: 24px; }
  p { margin: 0 0 8px; color: var(--muted); }
  ul { margin: 0 0 8px; padding-left: 20px; }
  a { display: inline-block; box-sizing: border-box; min-height: 44px; margin-top: 16px; padding: 9px 16px;
    border: 1px solid var(--ink); border-radius: 6px; color: inherit; font-weight: 500; text-decoration: none; }
  a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }`;

const OFFLINE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text) => String(text).replace(/[&<>"']/g, (character) => ESCAPES[character]);

const OTHERS = `<p>What somebody else has tapped here is kept for a day, and sent once they have signed in again.</p>`;

function waitingWords({ waiting, isOthers }) {
  const others = isOthers ? OTHERS : '';
  if (waiting.length === 0) return `<p>No acknowledgement of yours waits on this device.</p>${others}`;
  const one = waiting.length === 1;
  return `
    <h2>Not yet acknowledged</h2>
    <ul>${waiting.map(({ title, alertId }) => `<li>${escaped(title || alertId)}</li>`).join('')}</ul>
    <p>${one ? 'This acknowledgement is' : 'These acknowledgements are'} kept on this device and sent as soon as there
    is a connection. Until the server has confirmed ${one ? 'it' : 'them'}, escalation goes on.</p>${others}`;
}

/** @param kept what waits of whoever is signed in here, and whether anything waits of others */
self.offlinePage = (kept) => {
  const html = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>No connection - Pitwall</title>
  <style>${OFFLINE_STYLE}</style>
</head>
<body>
  <main>
    <h1>No connection to Pitwall</h1>
    <p>This page could not be loaded. What it would show is not kept on this device.</p>
    ${waitingWords(kept)}
    <a href="">Try again</a>
  </main>
</body>
</html>`;
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': OFFLINE_POLICY,
    'cache-control': 'no-store',
  };
  return new Response(html, { status: 503, statusText: 'No connection', headers });
};

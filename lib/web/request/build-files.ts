import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';
import { fileHeaders } from './security-headers.ts';

/** Where browsers find the files of a build. */
const PREFIX = '/_next/static/';
const YEAR_S = 31_536_000;

/**
 * Answers requests for the scripts, styles and fonts of a build, as the build compressed them: their names hold a hash
 * of what is in them, so that they may be kept for ever, and nobody has to be asked who wants them.
 *
 * @param folder of the build; read once, here
 * @param secure whether people reach us over HTTPS
 * @returns a function that answers and says so, or leaves the request as it is
 */
export function buildFiles(folder: string, secure: boolean) {
  const headers = fileHeaders(secure);
  const serve = sirv(folder, {
    brotli: true,
    gzip: true,
    immutable: true,
    maxAge: YEAR_S,
    extensions: [],
    setHeaders: (response) => {
      for (const [name, value] of headers) response.setHeader(name, value);
    },
  });
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const { url = '', method = '' } = request;
    if (!url.startsWith(PREFIX) || !['GET', 'HEAD'].includes(method)) return false;
    // Nobody needs a part of a script, and a range that ends before it begins would be an error.
    delete request.headers.range;
    request.url = url.slice(PREFIX.length - 1);
    let isOurs = true;
    serve(request, response, () => {
      isOurs = false;
    });
    request.url = url;
    return isOurs;
  };
}

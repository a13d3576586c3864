import { problem } from './problem.ts';

/** Next answers HEAD where there is a GET. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
type Method = (typeof METHODS)[number];
type Handlers<M extends Method> = Record<M, () => Response>;

function handlers<M extends Method>(methods: readonly M[], answer: (method: M) => Response): Handlers<M> {
  return Object.fromEntries(methods.map((method) => [method, () => answer(method)])) as Handlers<M>;
}

/** Route handlers of an address that does not exist: a problem document for every method. */
export const nothingHere = handlers(METHODS, () =>
  problem({ code: 'not_found', message: 'There is nothing at this address.', issues: [] }),
);

/**
 * Route handlers of the methods that an address does not have: 405 with `Allow` and a problem document (RFC
 * 9110, section 15.5.6), where Next would answer without a word. OPTIONS says what there is.
 *
 * @param own the methods that the route file exports itself
 */
export function onlyMethods<M extends Method>(...own: M[]): Handlers<Exclude<Method, M>> {
  const has = new Set<Method>(own);
  const allow = METHODS.filter((method) => has.has(method) || method === 'OPTIONS')
    .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .join(', ');
  const others = METHODS.filter((method): method is Exclude<Method, M> => !has.has(method));
  return handlers(others, (method) => {
    const headers = { allow, 'cache-control': 'no-store' };
    if (method === 'OPTIONS') return new Response(null, { status: 204, headers });
    const detail = `This address answers ${allow}.`;
    const body = { type: 'about:blank', title: 'Method Not Allowed', status: 405, detail };
    const type = { 'content-type': 'application/problem+json' };
    return new Response(JSON.stringify(body), { status: 405, headers: { ...headers, ...type } });
  });
}

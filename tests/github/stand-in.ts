import { createVerify, generateKeyPairSync, hash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  answerSchema,
  type Operation,
  operations,
  problemsOfAnswer,
  problemsOfRequest,
  sampleOf,
} from './description.ts';

/** What an operation is answered with in place of its own answer; `lost` does it and says nothing. */
export type Failure =
  | { status: number; headers?: Record<string, string>; message?: string }
  | 'lost'
  | 'reset';

interface Asked {
  operation: string;
  params: Record<string, string>;
  search: URLSearchParams;
  body: Record<string, unknown>;
  token: string | null;
  conditional: boolean;
}

interface Answer {
  status: number;
  /** Filled up to what is described. */
  body?: Record<string, unknown> | Record<string, unknown>[];
  headers?: Record<string, string>;
}

interface Minted {
  repositories: string[];
  permissions: Record<string, string>;
}

export const makeKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
/** Made once: it takes longer than everything else here. */
const PAIR = makeKeys();
const PREFIX = '/api/v3';
const SHA = 'c'.repeat(40);
/** What each operation asks of a token. */
const RIGHTS: readonly (readonly [RegExp, string, string])[] = [
  [/^repos\/(get|get-commit|compare)/, 'contents', 'read'],
  [/^repos\/list-pull/, 'pull_requests', 'read'],
  [/^actions\//, 'actions', 'write'],
  [/deployment/, 'deployments', 'write'],
  [/webhook/, 'repository_hooks', 'write'],
];

const matcher = ({ path }: Operation) =>
  new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, (_, name) => `(?<${name}>[^/]+)`)}$`);
const table = operations.map((operation) => ({ operation, matches: matcher(operation) }));

/**
 * A GitHub of our own, at an address of its own, with one repository (`octo/agents`), one app and one token. It keeps
 * what it is told, and everything that was other than described.
 */
export class GitHubStandIn {
  readonly repository = 'octo/agents';
  readonly token = 'a-token-of-a-person';
  readonly appId = 7;
  readonly installationId = 11;
  readonly privateKey: string;
  /** What was asked, in order. */
  readonly asked: Asked[] = [];
  /** What was sent or answered otherwise than described. */
  readonly violations: string[] = [];
  readonly deployments: { id: number; body: Record<string, unknown> }[] = [];
  readonly statuses: { deploymentId: number; state: unknown; body: Record<string, unknown> }[] = [];
  readonly runs: { id: number; title: string }[] = [];
  deliveries: { id: number; guid: string; event: string; deliveredAt: string; statusCode: number }[] = [];
  readonly redelivered: number[] = [];
  pulls: Record<string, unknown>[] = [];
  /** How every run of a workflow goes. */
  runState: { status: string; conclusion: string | null } = { status: 'completed', conclusion: 'success' };
  /** Whether dispatches name their run, as servers do since 2026. */
  namesRuns = true;
  /** How long a token of an installation lasts, milliseconds. */
  tokenLastsMs = 3_600_000;
  readonly #publicKey: string;
  readonly #minted = new Map<string, Minted>();
  readonly #failures = new Map<string, Failure[]>();
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => {
      this.violations.push(String(error));
      request.socket.destroy();
    });
  });
  #ids = 100;

  constructor(pair = PAIR) {
    this.privateKey = pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    this.#publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Answers the next requests of an operation so. */
  fail(operation: string, ...failures: Failure[]): void {
    this.#failures.set(operation, [...(this.#failures.get(operation) ?? []), ...failures]);
  }

  countOf(operation: string): number {
    return this.asked.filter((each) => each.operation === operation).length;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = url.pathname.startsWith(PREFIX) ? url.pathname.slice(PREFIX.length) : '';
    const found = table.find(
      ({ operation, matches }) => operation.method === request.method && matches.test(path),
    );
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    if (!found) {
      this.violations.push(`${request.method} ${url.pathname} is not described`);
      return void response.writeHead(404).end('{}');
    }
    const { operation, matches } = found;
    const body = text === '' ? undefined : JSON.parse(text);
    const problems = problemsOfRequest(operation, body);
    this.violations.push(...problems.map((problem) => `${operation.operationId} was sent: ${problem}`));
    const asked: Asked = {
      operation: operation.operationId,
      params: { ...matches.exec(path)?.groups },
      search: url.searchParams,
      body: body ?? {},
      token: /^(?:token|bearer) (.*)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null,
      conditional: request.headers['if-none-match'] !== undefined,
    };
    this.asked.push(asked);
    this.#answer(operation, asked, request, response);
  }

  #answer(operation: Operation, asked: Asked, request: IncomingMessage, response: ServerResponse): void {
    const failure = this.#failures.get(operation.operationId)?.shift();
    if (failure === 'reset') return void request.socket.destroy();
    if (typeof failure === 'object') {
      const { status, headers = {}, message = 'it failed' } = failure;
      return void response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify({ message }));
    }
    const { status, body, headers = {} } = this.#refusal(asked) ?? this.#act(asked);
    if (failure === 'lost') return void request.socket.destroy();
    const whole = status < 300 ? this.#whole(operation, status, body) : body;
    if (status < 300) {
      const problems = problemsOfAnswer(operation, status, whole);
      this.violations.push(...problems.map((problem) => `${asked.operation} answered: ${problem}`));
    }
    const etag = `"${hash('sha256', JSON.stringify(whole ?? null))}"`;
    const same = request.method === 'GET' && request.headers['if-none-match'] === etag;
    const type = { 'content-type': 'application/json; charset=utf-8', 'x-ratelimit-remaining': '4999' };
    response.writeHead(same ? 304 : status, { ...type, etag, ...headers });
    response.end(same || whole === undefined ? undefined : JSON.stringify(whole));
  }

  #whole(operation: Operation, status: number, body: Answer['body']): unknown {
    const schema = answerSchema(operation, status);
    if (!schema || body === undefined) return body;
    if (Array.isArray(body)) return body.map((each) => sampleOf(schema.items ?? {}, each));
    return sampleOf(schema, body);
  }

  /** Why a token may not do it. */
  #refusal({ operation, token, params }: Asked): Answer | null {
    if (operation.startsWith('apps/'))
      return this.#isSigned(token) ? null : { status: 401, body: { message: 'Bad JWT' } };
    const name = `${params.owner}/${params.repo}`;
    if (name !== this.repository) return { status: 404, body: { message: 'Not Found' } };
    if (token === this.token) return null;
    const minted = this.#minted.get(token ?? '');
    if (!minted) return { status: 401, body: { message: 'Bad credentials' } };
    const [, right = '', level] = RIGHTS.find(([word]) => word.test(operation)) ?? [];
    const isAllowed = minted.permissions[right] === level && minted.repositories.includes(params.repo ?? '');
    return isAllowed ? null : { status: 403, body: { message: 'Resource not accessible by integration' } };
  }

  #isSigned(token: string | null): boolean {
    const [head = '', body = '', signature = ''] = (token ?? '').split('.');
    const verify = createVerify('RSA-SHA256').update(`${head}.${body}`);
    if (!verify.verify(this.#publicKey, signature, 'base64url')) return false;
    return Number(JSON.parse(Buffer.from(body, 'base64url').toString()).iss) === this.appId;
  }

  #act({ operation, params, body, search }: Asked): Answer {
    const id = ++this.#ids;
    switch (operation) {
      case 'apps/create-installation-access-token': {
        if (Number(params.installation_id) !== this.installationId)
          return { status: 404, body: { message: 'x' } };
        const token = `ghs_${id}`;
        const permissions = body.permissions as Record<string, string>;
        this.#minted.set(token, { repositories: body.repositories as string[], permissions });
        const expires_at = new Date(Date.now() + this.tokenLastsMs).toISOString();
        return { status: 201, body: { token, expires_at, permissions, repository_selection: 'selected' } };
      }
      case 'repos/get-commit':
        return {
          status: 200,
          body: this.#commit(/^[0-9a-f]{40}$/.test(params.ref ?? '') ? (params.ref ?? '') : SHA),
        };
      case 'repos/compare-commits-with-basehead':
        return {
          status: 200,
          body: {
            ...{ total_commits: 2, html_url: 'https://github.example.test/compare', status: 'ahead' },
            base_commit: this.#commit('a'.repeat(40)),
            merge_base_commit: this.#commit('a'.repeat(40)),
            commits: [this.#commit('b'.repeat(40)), this.#commit(SHA)],
          },
        };
      case 'repos/list-pull-requests-associated-with-commit':
        return { status: 200, body: this.pulls };
      case 'actions/create-workflow-dispatch': {
        const inputs = (body.inputs ?? {}) as Record<string, string>;
        this.runs.push({ id, title: `deploy ${Object.values(inputs).join(' ')}` });
        if (!this.namesRuns) return { status: 204 };
        const html_url = 'https://github.example.test/run';
        return { status: 200, body: { workflow_run_id: id, run_url: html_url, html_url } };
      }
      case 'actions/list-workflow-runs':
        return {
          status: 200,
          body: {
            total_count: this.runs.length,
            workflow_runs: this.runs.map((run) => this.#run(run)).reverse(),
          },
        };
      case 'actions/get-workflow-run': {
        const run = this.runs.find((each) => each.id === Number(params.run_id));
        return run ? { status: 200, body: this.#run(run) } : { status: 404, body: { message: 'Not Found' } };
      }
      case 'repos/create-deployment':
        this.deployments.push({ id, body });
        return { status: 201, body: { id, sha: String(body.ref), payload: body.payload } };
      case 'repos/list-deployments':
        return {
          status: 200,
          body: this.deployments
            .filter(
              (each) =>
                each.body.ref === search.get('sha') && each.body.environment === search.get('environment'),
            )
            .map(({ id: made, body: { payload } }) => this.#fill('deployment', { id: made, payload })),
        };
      case 'repos/create-deployment-status':
        this.statuses.push({ deploymentId: Number(params.deployment_id), state: body.state, body });
        return { status: 201, body: { id, state: body.state, description: String(body.description) } };
      case 'repos/list-webhook-deliveries':
        return {
          status: 200,
          body: this.deliveries.map((each) => ({
            ...{ id: each.id, guid: each.guid, event: each.event, delivered_at: each.deliveredAt },
            ...{ redelivery: false, status: 'OK', status_code: each.statusCode },
          })),
        };
      case 'repos/redeliver-webhook-delivery':
        this.redelivered.push(Number(params.delivery_id));
        return { status: 202, body: {} };
      default:
        return { status: 200, body: { full_name: this.repository } };
    }
  }

  #fill(name: string, given: Record<string, unknown>): Record<string, unknown> {
    return sampleOf({ $ref: `#/components/schemas/${name}` }, given) as Record<string, unknown>;
  }

  #commit(sha: string): Record<string, unknown> {
    const whole = this.#fill('commit', { sha, html_url: `https://github.example.test/commit/${sha}` });
    const commit = whole.commit as Record<string, unknown>;
    return {
      ...whole,
      commit: { ...commit, message: `Change ${sha.slice(0, 1)}\n\nbody`, author: { name: 'Mona' } },
    };
  }

  #run({ id, title }: { id: number; title: string }): Record<string, unknown> {
    return this.#fill('workflow-run', {
      ...{
        id,
        display_title: title,
        name: 'deploy',
        head_sha: SHA,
        html_url: 'https://github.example.test/run',
      },
      ...this.runState,
    });
  }
}

/**
 * `node scripts/cut-github-openapi.mjs FILE`: cuts the operations that we use, with all that they refer to, out of
 * GitHub's own description (`generated/api.github.com.json` of the npm package @octokit/openapi) into
 * `tests/github/openapi.json`. The package itself is no dependency: it is 385 MB when unpacked, which every first
 * start would install.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OPERATIONS = [
  'apps/create-installation-access-token',
  'actions/create-workflow-dispatch',
  'actions/get-workflow-run',
  'actions/list-workflow-runs',
  'repos/compare-commits-with-basehead',
  'repos/create-deployment',
  'repos/create-deployment-status',
  'repos/get',
  'repos/get-commit',
  'repos/list-deployments',
  'repos/list-pull-requests-associated-with-commit',
  'repos/list-webhook-deliveries',
  'repos/redeliver-webhook-delivery',
];
/** What only explains, and what is longer than the rest. */
const PROSE = new Set(['description', 'examples', 'example', 'summary', 'externalDocs', 'x-github', 'tags']);

const [file] = process.argv.slice(2);
if (!file) throw new Error('Name the description: .../@octokit/openapi/generated/api.github.com.json');
const whole = JSON.parse(readFileSync(file, 'utf8'));
const components = {};

function lookUp(pointer) {
  return pointer
    .slice(2)
    .split('/')
    .reduce((at, key) => at[key.replaceAll('~1', '/').replaceAll('~0', '~')], whole);
}

/** Copies a part without its prose, and notes what it refers to. `isNames`: its keys are names of fields. */
function copy(part, isNames = false) {
  if (Array.isArray(part)) return part.map((each) => copy(each));
  if (typeof part !== 'object' || part === null) return part;
  if (typeof part.$ref === 'string') note(part.$ref);
  const kept = Object.entries(part).filter(([key]) => isNames || !PROSE.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, copy(value, key === 'properties' && !isNames)]));
}

function note(pointer) {
  const [, , kind, name] = pointer.split('/');
  components[kind] ??= {};
  if (name in components[kind]) return;
  components[kind][name] = null;
  components[kind][name] = copy(lookUp(pointer));
}

const operations = Object.entries(whole.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([, operation]) => OPERATIONS.includes(operation?.operationId))
    .map(([method, operation]) => {
      const { operationId, parameters = [], requestBody, responses } = operation;
      return copy(
        { operationId, method: method.toUpperCase(), path, parameters, requestBody, responses },
        true,
      );
    }),
);
if (operations.length !== OPERATIONS.length) throw new Error('The description lacks some of the operations.');
const about = `Cut by scripts/cut-github-openapi.mjs from @octokit/openapi, GitHub's description ${whole.info.version}`;
const root = join(import.meta.dirname, '..');
writeFileSync(
  join(root, 'tests/github/openapi.json'),
  `${JSON.stringify({ about, operations, components })}\n`,
);

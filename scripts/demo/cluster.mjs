/**
 * A cluster for demonstrations, in a process of its own: the API server of the tests, with a namespace and one workload.
 * Writes lines of JSON: where it is, and which image the workload runs each time that changes.
 */
import { systemClock } from '../../lib/kernel/clock.ts';
import { sampleDeployment } from '../../tests/kubernetes/sample-deployment.ts';
import { startKubernetes } from '../../tests/kubernetes/start.ts';

const [namespace, workload, image] = process.argv.slice(2);
const server = await startKubernetes({ namespaces: [namespace], clock: systemClock });
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
// As Pitwall would have made it, so that nobody else owns its fields.
server.cluster.create(sampleDeployment(workload, image, { namespace }), 'pitwall');
say({ url: server.url, ca: server.ca, token: server.token });

let running = '';
/** The image of a pod that is ready: what the service sends requests to. */
function look() {
  const { status, spec } = server.cluster.get('deployments', namespace, workload) ?? {};
  const image = spec?.template?.spec?.containers?.[0]?.image;
  if (image === running || !(status?.availableReplicas > 0) || status.updatedReplicas < 1) return;
  running = image;
  say({ image });
}
setInterval(look, 100);
process.on('SIGTERM', () => server.close().then(() => process.exit(0)));
process.on('disconnect', () => process.exit(0));

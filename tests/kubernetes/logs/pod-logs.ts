import type { ServerResponse } from 'node:http';
import type { Pod } from '../controllers/workloads.ts';
import type { KubeObject } from '../objects.ts';
import type { ApiRequest } from '../rest/api-request.ts';
import { badRequest } from '../status-error.ts';
import { type LogLine, LogStore } from './log-store.ts';

const WAITING_WORDS: Record<string, string> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

function containerOf(pod: Pod, asked: string | null): string {
  const { name } = pod.metadata;
  const names = (pod.spec.containers ?? []).map((container) => container.name);
  const all = [...names, ...(pod.spec.initContainers ?? []).map((container) => container.name)];
  if (asked && !all.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
  if (!asked && names.length > 1) {
    throw badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`,
    );
  }
  return asked ?? names[0] ?? '';
}

/** @throws StatusError 400 where the container has not written anything yet, in the kubelet's words. */
function checkStarted(pod: Pod, container: string, isPrevious: boolean): void {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const status = statuses.find((one) => one.name === container);
  const what = `container "${container}" in pod "${pod.metadata.name}"`;
  if (isPrevious && !status?.lastState?.terminated) {
    throw badRequest(`previous terminated ${what} not found`);
  }
  const reason = status ? status.state.waiting?.reason : 'ContainerCreating';
  if (reason && !status?.lastState?.terminated) {
    throw badRequest(`${what} is waiting to start: ${WAITING_WORDS[reason] ?? reason}`);
  }
}

function written(line: LogLine, withTimes: boolean): string {
  const fraction = String(line.nanoseconds).padStart(6, '0');
  const time = new Date(line.atMs).toISOString().replace('Z', `${fraction}Z`);
  return `${withTimes ? `${time} ` : ''}${line.text}\n`;
}

/** Of what was written so far, what the request asks for. */
function chosen(lines: readonly LogLine[], query: URLSearchParams, nowMs: number): LogLine[] {
  const since = query.get('sinceTime');
  const seconds = Number(query.get('sinceSeconds') ?? 0);
  // The API server hands the time on to the second: lines of that second come again.
  const fromMs = since
    ? Math.floor(Date.parse(since) / 1000) * 1000
    : seconds > 0
      ? nowMs - seconds * 1000
      : Number.NEGATIVE_INFINITY;
  const late = lines.filter((line) => line.atMs >= fromMs);
  const tail = query.get('tailLines');
  return tail === null ? late : late.slice(Math.max(0, late.length - Number(tail)));
}

/** GET pods/NAME/log: what a container wrote, and with `follow` what it writes from now on. */
export function answerLogs(
  logs: LogStore,
  object: KubeObject,
  api: ApiRequest,
  response: ServerResponse,
  nowMs: number,
): void {
  const pod = object as Pod;
  const container = containerOf(pod, api.query.get('container'));
  const isPrevious = api.query.get('previous') === 'true';
  checkStarted(pod, container, isPrevious);
  const key = LogStore.key(pod.metadata.namespace ?? '', pod.metadata.name, container);
  const log = logs.of(key);
  const withTimes = api.query.get('timestamps') === 'true';
  const isEnded = isPrevious || (log.current.length === 0 && log.previous !== null);
  const lines = isEnded ? (log.previous ?? []) : log.current;
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  for (const line of chosen(lines, api.query, nowMs)) response.write(written(line, withTimes));
  if (isEnded || api.query.get('follow') !== 'true') return void response.end();
  const stop = logs.follow(key, (line) => {
    if (line) response.write(written(line, withTimes));
    else response.end();
  });
  response.on('close', stop);
}

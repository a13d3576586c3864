import { randomBytes } from 'node:crypto';
import { expect } from '@playwright/test';
import { product } from './product.ts';

/** One run of an agent, as any OTLP/JSON sender would tell it. */
export async function sendRun(agent: string, resourceAttributes: Record<string, string> = {}): Promise<void> {
  const { otlpHttpUrl, apiKey } = product();
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const endMs = Date.now();
  const span = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: `invoke_agent ${agent}`,
    kind: 1,
    startTimeUnixNano: `${endMs - 250}000000`,
    endTimeUnixNano: `${endMs}000000`,
    attributes: [attribute('gen_ai.operation.name', 'invoke_agent'), attribute('gen_ai.agent.name', agent)],
  };
  const resource = Object.entries({ 'service.name': agent, ...resourceAttributes });
  const response = await fetch(`${otlpHttpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: resource.map(([key, value]) => attribute(key, value)) },
          scopeSpans: [{ scope: { name: 'e2e' }, spans: [span] }],
        },
      ],
    }),
  });
  expect(response.status).toBe(200);
}

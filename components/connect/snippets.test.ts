import { expect, test } from 'vitest';
import { environmentText, snippets } from './snippets.ts';

const addresses = {
  otlpHttp: 'http://pit.example:4318',
  otlpGrpc: 'http://pit.example:4317',
  otlpInClear: false,
};

test("the variables carry this installation's address and leave only the key open", () => {
  expect(environmentText(addresses)).toMatchInlineSnapshot(`
    "OTEL_EXPORTER_OTLP_ENDPOINT=http://pit.example:4318
    OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
    OTEL_EXPORTER_OTLP_HEADERS=x-api-key=<your API key>
    OTEL_SERVICE_NAME=my-agent
    OTEL_RESOURCE_ATTRIBUTES=service.namespace=my-team,deployment.environment.name=production"
  `);
});

test('every way in names the address', () => {
  for (const snippet of snippets(addresses)) {
    expect(snippet.blocks.map((block) => block.text).join('\n')).toContain('http://pit.example:4318');
  }
});

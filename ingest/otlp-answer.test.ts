import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { exportResponse, RPC_CODE, rpcStatus } from './otlp-answer.ts';

const { root } = protobuf.parse(`
  syntax = "proto3";
  message ExportResponse { PartialSuccess partial_success = 1; }
  message PartialSuccess { int64 rejected = 1; string error_message = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
`);

function read(type: string, bytes: Uint8Array): Record<string, unknown> {
  const message = root.lookupType(type);
  return message.toObject(message.decode(bytes), { longs: Number });
}

const refusals = { count: 70_000, byReason: { too_old: 70_000 }, message: 'Zu alt: 日本' };

describe('OTLP answers', () => {
  it('say nothing when everything was taken', () => {
    const none = { count: 0, byReason: {}, message: '' };
    expect(exportResponse('traces', 'protobuf', none)).toHaveLength(0);
    expect(exportResponse('traces', 'json', none).toString()).toBe('{}');
  });

  it('carry a partial success that an independent protobuf reader understands', () => {
    expect(read('ExportResponse', exportResponse('logs', 'protobuf', refusals))).toEqual({
      partialSuccess: { rejected: 70_000, errorMessage: 'Zu alt: 日本' },
    });
  });

  it.each([
    ['traces', 'rejectedSpans'],
    ['metrics', 'rejectedDataPoints'],
    ['logs', 'rejectedLogRecords'],
  ] as const)('name the refused items of %s in JSON, the count as a string', (signal, field) => {
    const { partialSuccess } = JSON.parse(exportResponse(signal, 'json', refusals).toString());
    expect(partialSuccess).toEqual({ [field]: '70000', errorMessage: 'Zu alt: 日本' });
  });

  it('put the time to wait into a RetryInfo', () => {
    const status = read('Status', rpcStatus('protobuf', RPC_CODE.resourceExhausted, 'wait', 300));
    const [detail] = status.details as { type_url: string; typeUrl: string; value: Uint8Array }[];
    expect(status).toMatchObject({ code: 8, message: 'wait' });
    expect(detail?.typeUrl).toBe('type.googleapis.com/google.rpc.RetryInfo');
    expect(read('RetryInfo', detail!.value)).toEqual({ retryDelay: { seconds: 300 } });
  });
});

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { AssertionResponse, RegistrationResponse } from '#lib/model/passkey.ts';

const FLAG = { present: 0x01, verified: 0x04, attested: 0x40 } as const;
const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();
const base64url = (data: Buffer): string => data.toString('base64url');

/** What an answer is made of; tests change it to lie. */
export interface AnswerOptions {
  origin: string;
  rpId: string;
  challenge: string;
  /** Default true. */
  verified?: boolean;
  /** Default: one more than the last. */
  counter?: number;
  /** Who it says that it belongs to; default: whom it was made for. */
  userHandle?: string;
}

/** A COSE key (RFC 9053) for ES256, in CBOR. */
function coseKey(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')] as const;
  const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
  return Buffer.concat([head, point[0], Buffer.from([0x22, 0x58, 0x20]), point[1]]);
}

/** An attestation of the format `none`, in CBOR. */
function attestation(authData: Buffer): Buffer {
  const text = (word: string) => Buffer.concat([Buffer.from([0x60 + word.length]), Buffer.from(word)]);
  const length = Buffer.from([0x59, authData.length >> 8, authData.length & 0xff]);
  const pairs = [text('fmt'), text('none'), text('attStmt'), Buffer.from([0xa0]), text('authData'), length];
  return Buffer.concat([Buffer.from([0xa3]), ...pairs, authData]);
}

/** An authenticator in software that holds one passkey, as WebAuthn Level 3 describes it. */
export function createAuthenticator(userId: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(32);
  const id = base64url(credentialId);
  let last = 0;

  const clientData = (type: string, { challenge, origin }: AnswerOptions) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  function authData(
    { rpId, verified = true, counter = last + 1 }: AnswerOptions,
    attested: Buffer | null,
  ): Buffer {
    last = counter;
    const flags = FLAG.present | (verified ? FLAG.verified : 0) | (attested ? FLAG.attested : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, attested ?? Buffer.alloc(0)]);
  }
  const head = { id, rawId: id, type: 'public-key', clientExtensionResults: {} } as const;

  return {
    /** The answer to a registration. */
    register(options: AnswerOptions): RegistrationResponse {
      const length = Buffer.from([0, credentialId.length]);
      const attested = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey(publicKey)]);
      const response = {
        clientDataJSON: base64url(clientData('webauthn.create', options)),
        attestationObject: base64url(attestation(authData({ counter: 0, ...options }, attested))),
        transports: ['internal'],
      };
      return { ...head, response };
    },
    /** The answer to a sign-in. */
    assert(options: AnswerOptions): AssertionResponse {
      const client = clientData('webauthn.get', options);
      const data = authData(options, null);
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey);
      const response = {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(signature),
        userHandle: base64url(Buffer.from(options.userHandle ?? userId)),
      };
      return { ...head, response };
    },
  };
}

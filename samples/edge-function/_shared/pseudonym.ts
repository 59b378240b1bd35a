// The id that a version which was trained on pseudonyms keeps a user under: HMAC-SHA-256 of the user's id, in lower-case hex.

const MIN_KEY_BYTES = 16;

export type Pseudonym = (userId: string) => Promise<string>;

/** @param secret the key that the retraining pseudonymises with; without one, null */
export function pseudonyms(secret: string | undefined): Pseudonym | null {
  if (!secret) return null;
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length < MIN_KEY_BYTES) throw new Error(`RETRAIN_PSEUDONYM_KEY has ${bytes.length} bytes, expected ${MIN_KEY_BYTES} or more`);
  const key = crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return async (userId) => {
    const code = await crypto.subtle.sign('HMAC', await key, new TextEncoder().encode(userId.toLowerCase()));
    return Array.from(new Uint8Array(code), (byte) => byte.toString(16).padStart(2, '0')).join('');
  };
}

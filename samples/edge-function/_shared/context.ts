// What a function works with; opened once per process, replaced in tests.

import { supabase, type Database } from './database.ts';
import { UserModels } from './model.ts';
import { pseudonyms, type Pseudonym } from './pseudonym.ts';
import { storeAt } from './published.ts';

export interface Context {
  database: Database;
  models: UserModels;
  /** Null where the environment has no key to tell a user's pseudonym by. */
  pseudonym: Pseudonym | null;
  /** The signed-in user, or null. @throws when that cannot be told */
  userOf(request: Request): Promise<string | null>;
  now(): Date;
}

/** @param variable reads an environment variable */
export function openContext(variable: (name: string) => string | undefined, send: typeof fetch = fetch): Context {
  const required = (name: string) => variable(name) ?? fail(`${name} is not set`);
  const url = required('SUPABASE_URL').replace(/\/+$/, '');
  const key = required('SUPABASE_SERVICE_ROLE_KEY');
  const elsewhere = variable('MODEL_ARTIFACT_BASE_URL')?.replace(/\/current\/*$/, ''); // the variable may name current/ itself
  // The project's own bucket is read by the key, so that it need not be public: its files hold users' vectors and payloads.
  const own = `${url}/storage/v1/object/authenticated/model-artifacts/two-tower/v3`;
  return {
    database: supabase(url, key, send),
    models: new UserModels(elsewhere ? storeAt(elsewhere, send) : storeAt(own, send, { apikey: key, authorization: `Bearer ${key}` })),
    pseudonym: pseudonyms(variable('RETRAIN_PSEUDONYM_KEY')),
    now: () => new Date(),
    async userOf(request) {
      const authorization = request.headers.get('authorization');
      if (!authorization) return null;
      const response = await send(`${url}/auth/v1/user`, { headers: { apikey: key, authorization }, signal: AbortSignal.timeout(10_000) });
      if (response.status === 401 || response.status === 403) return null;
      if (!response.ok) throw new Error(`auth/v1/user: HTTP ${response.status}, expected 200`);
      return (await response.json() as { id: string }).id;
    },
  };
}

function fail(message: string): never {
  throw new Error(message);
}

/** Browsers of any site may call: the token says who it is, no cookie does. */
const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization, apikey, content-type, x-client-info' };

export const reply = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...CORS, ...headers } });

/** What `Deno.serve` is given: the handler, behind an answer to browsers that ask beforehand. */
export const serving = (handler: (request: Request, context: Context) => Promise<Response>, context: Context) =>
  async (request: Request): Promise<Response> =>
    request.method === 'OPTIONS' ? new Response(null, { status: 204, headers: CORS }) : await handler(request, context);

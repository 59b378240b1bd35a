// What a function works with; opened once per process, replaced in tests.

import { supabase, type Database } from './database.ts';
import { UserModels } from './model.ts';
import { storeAt } from './published.ts';

export interface Context {
  database: Database;
  models: UserModels;
  /** The signed-in user, or null. */
  userOf(request: Request): Promise<string | null>;
  now(): Date;
}

/** @param variable reads an environment variable */
export function openContext(variable: (name: string) => string | undefined, send: typeof fetch = fetch): Context {
  const required = (name: string) => variable(name) ?? fail(`${name} is not set`);
  const url = required('SUPABASE_URL').replace(/\/+$/, '');
  const key = required('SUPABASE_SERVICE_ROLE_KEY');
  const store = variable('MODEL_ARTIFACT_BASE_URL') ?? `${url}/storage/v1/object/public/model-artifacts/two-tower/v3`;
  return {
    database: supabase(url, key, send),
    models: new UserModels(storeAt(store, send)),
    now: () => new Date(),
    async userOf(request) {
      const authorization = request.headers.get('authorization');
      if (!authorization) return null;
      const response = await send(`${url}/auth/v1/user`, { headers: { apikey: key, authorization }, signal: AbortSignal.timeout(10_000) });
      return response.ok ? (await response.json() as { id: string }).id : null;
    },
  };
}

function fail(message: string): never {
  throw new Error(message);
}

export const reply = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

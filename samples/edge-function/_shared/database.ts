// The database as the two functions need it: SQL functions called by name.

export interface Database {
  /** Rows of a SQL function of schema public. */
  call<Row>(name: string, parameters: Record<string, unknown>): Promise<Row[]>;
}

/** PostgREST of a Supabase project. @param key the service role's */
export function supabase(url: string, key: string, send: typeof fetch = fetch): Database {
  return {
    async call<Row>(name: string, parameters: Record<string, unknown>): Promise<Row[]> {
      const response = await send(`${url}/rest/v1/rpc/${name}`, {
        method: 'POST',
        headers: { apikey: key, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(parameters),
        signal: AbortSignal.timeout(10_000),
      });
      if (!response.ok) throw new Error(`${name}: HTTP ${response.status} ${(await response.text()).slice(0, 200)}`);
      return await response.json() as Row[];
    },
  };
}

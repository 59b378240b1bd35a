// node --import ./typescript.mjs serve.mjs STORE DSN AS_OF: calls both edge functions on a store's folder and a real PostgreSQL in which its
// version is live. Prints what they answered, as one line of JSON.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import pg from 'pg';
import { UserModels } from '../../samples/edge-function/_shared/model.ts';
import { largestDifference } from '../../samples/edge-function/_shared/proof.ts';
import { openRuntime } from '../../samples/edge-function/_shared/runtime.ts';
import { recommendations } from '../../samples/edge-function/recommendations/handler.ts';
import { updateUserEmbedding } from '../../samples/edge-function/update_user_embedding/handler.ts';

const [store, dsn, asOf] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: dsn });
console.error = () => {}; // the functions log what they survive

const read = (path) => readFile(join(store, path));
const down = async (path) => { throw new Error(`${path}: HTTP 503, expected 200`); };

/** PostgREST's part: a function by its name and the names of its parameters. */
const database = {
  async call(name, parameters) {
    const names = Object.keys(parameters).map((parameter, i) => `${parameter} => $${i + 1}`);
    return (await pool.query(`select * from public.${name}(${names.join(', ')})`, Object.values(parameters))).rows;
  },
};

const contextOf = (models, overrides = {}) => ({
  database, models, pseudonym: null, userOf: async (request) => request.headers.get('authorization'), now: () => new Date(asOf), ...overrides,
});

async function ask(handler, context, user, address = '', method = 'POST') {
  const response = await handler(new Request(`http://localhost/${address}`, { method, headers: user ? { authorization: user } : {} }), context);
  return { status: response.status, ...await response.json() };
}

const update = (context, user) => ask(updateUserEmbedding, context, user);
const recommend = (context, user, k = 5) => ask(recommendations, context, user, `?k=${k}`, 'GET');
const messageOf = (promise) => promise.then(() => null, (error) => error.message);

async function embeddings() {
  const { rows } = await pool.query('select user_id, embedding::text from public.user_embeddings order by user_id');
  return new Map(rows.map((row) => [row.user_id, JSON.parse(row.embedding)]));
}

/** Every user's row is overwritten, then embedded again by the function. */
async function refreshAll(context) {
  const weekly = await embeddings();
  const [[, first]] = weekly;
  await pool.query('update public.user_embeddings set embedding = $1', [JSON.stringify(first.map((_, i) => i === 0 ? 1 : 0))]);
  const answers = [];
  for (const user of weekly.keys()) answers.push(await update(context, user));
  const fresh = await embeddings();
  return {
    users: weekly.size,
    failed: answers.filter(({ status }) => status !== 200),
    difference: Math.max(...[...weekly].map(([user, expected]) => largestDifference(fresh.get(user), expected, user))),
  };
}

/** The store with one JSON file changed, and its hash with it. */
function changed(name, change) {
  const alter = async (path) => Buffer.from(JSON.stringify(change(JSON.parse(await read(path)))));
  return async (path) => {
    if (path.endsWith(`/${name}`)) return await alter(path);
    if (!path.endsWith('/manifest.json') || name === 'manifest.json') return await read(path);
    const manifest = JSON.parse(await read(path));
    const content = await alter(`${manifest.version}/${name}`);
    Object.assign(manifest.files.find((file) => file.path === name), { size: content.length, sha256: createHash('sha256').update(content).digest('hex') });
    return Buffer.from(JSON.stringify(manifest));
  };
}

async function nativeSessions(live) {
  let created = 0;
  const native = { Tensor: ort.Tensor, InferenceSession: { create: (model) => (created++, ort.InferenceSession.create(model)) } };
  globalThis[Symbol.for('onnxruntime')] = native;
  try {
    await new UserModels(read).of(live);
  } finally {
    delete globalThis[Symbol.for('onnxruntime')];
  }
  return created;
}

async function main() {
  await openRuntime();
  const { rows: [live] } = await pool.query("select version, embedding_dim from public.embedding_model_versions where is_active and model_type = 'two_tower'");
  const { rows: [{ user_id: user }] } = await pool.query('select user_id from public.user_embeddings order by user_id limit 1');
  const paths = [];
  let isDown = false;
  const models = new UserModels(async (path) => (paths.push(path), isDown ? await down(path) : await read(path)));
  const context = contextOf(models);

  const refreshed = await refreshAll(context);
  isDown = true;
  const storeless = contextOf(new UserModels(down));
  const searchless = contextOf(models, { database: {
    call: async (name, parameters) => name === 'recommend_videos' && parameters.user_id ? await down(name) : await database.call(name, parameters),
  } });
  const behind = { ...database, call: async (name, parameters) => name === 'user_embedding_features'
    ? (await database.call(name, parameters)).map((row) => ({ ...row, version: '20000101_000000' })) : await database.call(name, parameters) };
  return {
    refreshed,
    fromCurrent: [...new Set(paths.filter((path) => path.startsWith('current/')))],
    reads: paths.length,
    updateWithStoreDown: await update(context, user),
    updateAtColdStartWithStoreDown: await update(storeless, user),
    updateOfNobody: await update(context, null),
    updateOfAbsentVersion: await update(contextOf(new UserModels(read), { database: behind }), user),
    storedForOtherVersion: (await database.call('store_user_embedding', { user_id: user, embedding: '[1]', version: '20000101_000000' }))[0],
    personal: await recommend(context, user),
    popular: await recommend(context, null),
    searchDown: await recommend(searchless, user),
    signInDown: await recommend({ ...context, userOf: () => down('user') }, user),
    badK: await recommend(context, user, 'x'),
    currentAhead: (await new UserModels(async (path) => path === 'current/manifest.json'
      ? Buffer.from(JSON.stringify({ ...JSON.parse(await read(path)), version: '20990101_000000' })) : await read(path)).of(live)).version,
    currentBroken: (await new UserModels(async (path) => path === 'current/manifest.json' ? Buffer.from('<html>') : await read(path)).of(live)).version,
    otherWidth: await messageOf(new UserModels(read).of({ ...live, embedding_dim: live.embedding_dim + 1 })),
    otherSchema: await messageOf(new UserModels(changed('manifest.json', (manifest) => ({ ...manifest, input_schema_version: 99 }))).of(live)),
    otherGolden: await messageOf(new UserModels(changed('golden.json', (golden) => (golden.users[0].embedding[0] += 0.01, golden))).of(live)),
    otherNormalizer: await messageOf(new UserModels(changed('normalizer.json', (normalizer) => (normalizer.user_numeric.mean_price.mean += 1, normalizer))).of(live)),
    nativeSessions: await nativeSessions(live),
  };
}

main().then((report) => console.log(JSON.stringify(report)), (error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}).finally(() => pool.end());

// node check.mjs FOLDER: proves a published version as its readers see it. Prints one line of JSON; exits 1 at the first difference.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import * as ort from 'onnxruntime-web';
import { itemVector, userVector } from './features.mjs';

const folder = process.argv[2];
const json = async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'));
const expect = (holds, message) => {
  if (!holds) throw new Error(message);
};

function largestDifference(found, expected, what) {
  expect(found.length === expected.length, `${what}: ${found.length} values, expected ${expected.length}`);
  return found.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i])), 0);
}

async function checkManifest() {
  const manifest = await json('manifest.json');
  for (const { path, sha256, size } of manifest.files) {
    const content = await readFile(join(folder, path));
    expect(content.length === size, `${path}: ${content.length} bytes, expected ${size}`);
    const found = createHash('sha256').update(content).digest('hex');
    expect(found === sha256, `${path}: sha256 ${found}, expected ${sha256}`);
  }
  const meta = await json('model_meta.json');
  expect(JSON.stringify(manifest.model_meta) === JSON.stringify(meta), 'manifest.json: model_meta is not that of model_meta.json');
  return manifest;
}

async function readSet() {
  const schema = await json('feature_schema.json');
  const vocabularies = new Map();
  for (const { vocab } of [...schema.segments, ...schema.item_segments]) {
    if (vocab && !vocabularies.has(vocab)) vocabularies.set(vocab, new Map((await json(vocab)).tokens.map((token, index) => [token, index])));
  }
  return { schema, normalizer: await json('normalizer.json'), vocabulary: (segment) => vocabularies.get(segment.vocab) };
}

async function checkTower(file, inputName, outputName, cases) {
  const session = await ort.InferenceSession.create(await readFile(join(folder, file)));
  let features = 0;
  let embeddings = 0;
  for (const [i, { vector, expected }] of cases.entries()) {
    const vectorDifference = largestDifference(vector, expected.features, `${file}, golden ${i}, features`);
    expect(vectorDifference <= 1e-5, `${file}, golden ${i}: features differ by ${vectorDifference}, expected at most 1e-5`);
    const output = await session.run({ [inputName]: new ort.Tensor('float32', vector, [1, vector.length]) });
    const difference = largestDifference(output[outputName].data, expected.embedding, `${file}, golden ${i}, embedding`);
    expect(difference <= 1e-4, `${file}, golden ${i}: embedding differs by ${difference}, expected at most 1e-4`);
    features = Math.max(features, vectorDifference);
    embeddings = Math.max(embeddings, difference);
  }
  return { cases: cases.length, features, embeddings };
}

async function checkEmbeddings(name, id, dim) {
  const file = await asyncBufferFromFile(join(folder, name));
  const rows = await parquetReadObjects({ file, columns: [id, 'embedding'] });
  expect(rows.length > 0, `${name}: 0 rows, expected at least 1`);
  for (const row of rows) {
    expect(typeof row[id] === 'string' && row[id].length > 0, `${name}: ${id} is ${row[id]}, expected a string`);
    expect(row.embedding.length === dim, `${name}, ${row[id]}: ${row.embedding.length} values, expected ${dim}`);
    const length = Math.hypot(...row.embedding);
    expect(Math.abs(length - 1) < 1e-3, `${name}, ${row[id]}: length ${length}, expected 1`);
  }
  return rows;
}

async function main() {
  ort.env.wasm.numThreads = 1;
  const manifest = await checkManifest();
  const set = await readSet();
  const golden = await json('golden.json');
  expect(golden.users.length > 0 && golden.items.length > 0, 'golden.json: no payloads, expected some');

  const user = await checkTower('user_tower.onnx', set.schema.input_name, 'user_embedding',
    golden.users.map((expected) => ({ vector: userVector(set, expected.payload, expected.as_of), expected })));
  const item = await checkTower('item_tower.onnx', set.schema.item_input_name, 'item_embedding',
    golden.items.map((expected) => ({ vector: itemVector(set, expected.payload), expected })));

  const videos = await checkEmbeddings('video_embeddings.parquet', 'video_id', manifest.embedding_dim);
  const users = await checkEmbeddings('user_embeddings.parquet', 'user_id', manifest.embedding_dim);
  for (const { payload, embedding } of golden.items) {
    const row = videos.find((video) => video.video_id === payload.video_id);
    expect(row, `video_embeddings.parquet: no ${payload.video_id}, expected it as in golden.json`);
    const difference = largestDifference(row.embedding, embedding, payload.video_id);
    expect(difference <= 1e-4, `video_embeddings.parquet, ${payload.video_id}: ${difference} from golden.json, expected at most 1e-4`);
  }
  return { version: manifest.version, files: manifest.files.length, user, item, videos: videos.length, users: users.length };
}

main().then((report) => console.log(JSON.stringify(report)), (error) => {
  console.error(error.message);
  process.exit(1);
});

// npm run -s check FOLDER: proves a published version as its readers see it. Prints one line of JSON; exits 1 at the first difference.

import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { itemVector, userVector } from '../../samples/edge-function/_shared/features.ts';
import { largestDifference, prove, TOLERANCE } from '../../samples/edge-function/_shared/proof.ts';
import { PublishedVersion, readManifest } from '../../samples/edge-function/_shared/published.ts';
import { openRuntime, Tower } from '../../samples/edge-function/_shared/runtime.ts';

const folder = process.argv[2];
const read = (path) => readFile(join(folder, basename(path)));
const expect = (holds, message) => {
  if (!holds) throw new Error(message);
};

async function openVersion() {
  const version = new PublishedVersion(await readManifest(read, 'current'), read);
  for (const { path } of version.manifest.files) await version.bytes(path);
  const meta = await version.json('model_meta.json');
  expect(JSON.stringify(version.manifest.model_meta) === JSON.stringify(meta), 'manifest.json: model_meta is not that of model_meta.json');
  return version;
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
  const published = await openVersion();
  const set = await published.featureSet();
  const golden = await published.golden();
  const runtime = await openRuntime();
  const tower = async (side, input) => Tower.load(runtime, await published.bytes(`${side}_tower.onnx`), input, `${side}_embedding`);

  const user = await prove('user tower', await tower('user', set.schema.input_name),
    golden.users.map((expected) => ({ vector: userVector(set, expected.payload, expected.as_of), expected })));
  const item = await prove('item tower', await tower('item', set.schema.item_input_name),
    golden.items.map((expected) => ({ vector: itemVector(set, expected.payload), expected })));

  const { version, embedding_dim: dim, files } = published.manifest;
  const videos = await checkEmbeddings('video_embeddings.parquet', 'video_id', dim);
  const users = await checkEmbeddings('user_embeddings.parquet', 'user_id', dim);
  for (const { payload, embedding } of golden.items) {
    const row = videos.find((video) => video.video_id === payload.video_id);
    expect(row, `video_embeddings.parquet: no ${payload.video_id}, expected it as in golden.json`);
    const difference = largestDifference(row.embedding, embedding, payload.video_id);
    expect(difference <= TOLERANCE.embedding, `video_embeddings.parquet, ${payload.video_id}: ${difference} from golden.json, expected at most ${TOLERANCE.embedding}`);
  }
  return { version, files: files.length, user, item, videos: videos.length, users: users.length };
}

main().then((report) => console.log(JSON.stringify(report)), (error) => {
  console.error(error.message);
  process.exit(1);
});

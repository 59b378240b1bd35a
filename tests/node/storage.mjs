// node storage.mjs ADDRESS KEY: files in a bucket by Supabase's own client, big ones by its resumable protocol. Prints what it got, as one line
// of JSON.

import { createClient } from '@supabase/supabase-js';
import * as tus from 'tus-js-client';

const [address, key] = process.argv.slice(2);
// Nothing here is live: the client wants a WebSocket to exist, which Node has from version 22 on.
const options = { auth: { persistSession: false }, realtime: { transport: class {} } };
const { storage } = createClient(address, key, options);
const bucket = storage.from('artifacts');
const PART = 6 * 1024 * 1024;

const shortOf = ({ error }) => error && { status: error.status, code: error.statusCode, message: error.message };

function uploadInParts(name, content) {
  return new Promise((resolve, reject) => {
    new tus.Upload(content, {
      endpoint: `${address}/storage/v1/upload/resumable`,
      headers: { authorization: `Bearer ${key}`, apikey: key, 'x-upsert': 'true' },
      metadata: { bucketName: 'artifacts', objectName: name, contentType: 'application/octet-stream', cacheControl: '3600' },
      uploadDataDuringCreation: true,
      chunkSize: PART,
      retryDelays: [0, 0, 0],
      onError: reject,
      onSuccess: resolve,
    }).start();
  });
}

async function main() {
  const beforeTheBucket = shortOf(await bucket.upload('a/x.json', Buffer.from('0')));
  await storage.createBucket('artifacts', { public: true });
  const again = shortOf(await storage.createBucket('artifacts', { public: true }));
  const { data: found } = await storage.getBucket('artifacts');

  const first = await bucket.upload('a/x.json', Buffer.from('"old"'), { contentType: 'application/json', cacheControl: '31536000' });
  const twice = shortOf(await bucket.upload('a/x.json', Buffer.from('0')));
  const replacing = { contentType: 'application/json', upsert: true, cacheControl: '60' };
  const upserted = await bucket.upload('a/x.json', Buffer.from('"new one"'), replacing);
  const form = await bucket.upload('a/b/y.txt', new Blob(['of a form'], { type: 'text/plain' }), { cacheControl: '120' });
  await bucket.update('a/b/y.txt', Buffer.from('updated'), { contentType: 'text/plain' });
  const big = Buffer.alloc(2 * PART + 17, 7);
  await uploadInParts('big.bin', big);

  const listed = await bucket.list('a');
  const info = await bucket.info('a/x.json');
  const published = await fetch(bucket.getPublicUrl('a/x.json').data.publicUrl);
  const downloaded = JSON.parse(await (await bucket.download('a/x.json')).data.text());
  const back = Buffer.from(await (await bucket.download('big.bin')).data.arrayBuffer());
  const removed = (await bucket.remove(['a/b/y.txt', 'never'])).data.map(({ name }) => name);
  const wrongKey = createClient(address, 'expired-key', options).storage.from('artifacts');
  return {
    beforeTheBucket, again, found: { name: found.name, public: found.public },
    first: first.data.fullPath, twice, upserted: upserted.data.path, form: form.data.path,
    listed: listed.data.map(({ name, id, metadata }) => ({ name, folder: id === null, size: metadata?.size ?? null })),
    info: { size: info.data.size, contentType: info.data.contentType, cacheControl: info.data.cacheControl },
    published: { status: published.status, cacheControl: published.headers.get('cache-control'), text: await published.json() },
    downloaded, big: big.equals(back), removed,
    exists: (await bucket.exists('a/x.json')).data, existsNot: (await bucket.exists('a/b/y.txt')).data,
    missing: shortOf(await bucket.download('never')), refused: shortOf(await wrongKey.list()),
  };
}

main().then((report) => console.log(JSON.stringify(report)), (error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});

// node rest.mjs ADDRESS KEY BUSY_ADDRESS: reads a service's tables with Supabase's own client, and from a server that sends it away at times. Prints what it got, as one line of JSON.

import { createClient } from '@supabase/supabase-js';

const [address, key, busyAddress] = process.argv.slice(2);
// Nothing here is live: the client wants a WebSocket to exist, which Node has from version 22 on.
const options = { auth: { persistSession: false }, realtime: { transport: class {} } };
const client = createClient(address, key, options);

async function pages(table, order, size) {
  const rows = [];
  for (;;) {
    let query = client.from(table).select('*');
    for (const column of order) query = query.order(column);
    const { data, error } = await query.range(rows.length, rows.length + size - 1);
    if (error) throw new Error(`${table}: ${JSON.stringify(error)}`);
    rows.push(...data);
    if (data.length === 0) return rows;
  }
}

async function main() {
  const videos = await pages('videos', ['id'], 40);
  const middle = videos[Math.floor(videos.length / 2)].id;
  const { data: later } = await client.from('videos').select('id,title').gte('id', middle).order('id').limit(3);
  const { data: either } = await client.from('videos').select('id').or(`id.eq.${middle},and(id.gt.${middle},id.lte.${later[2].id})`).order('id');
  const counted = await client.from('user_video_decisions').select('user_id', { count: 'exact' }).not('video_id', 'is', null).range(0, 9);
  const missing = await client.from('no_such_table').select('*');
  const column = await client.from('videos').select('no_such_column');
  const refused = await createClient(address, 'expired-key', options).from('videos').select('id');
  const busy = createClient(busyAddress, key, options);
  const patient = await busy.from('videos').select('id').limit(1);
  const limited = await busy.from('videos').select('id').limit(1);
  const items = await client.rpc('get_item_embedding_feature_batch', { limit_count: 2, offset_count: 1 });
  return {
    videos: videos.map(({ id }) => id),
    profiles: (await pages('profiles', ['user_id'], 1000)).length,
    decisions: (await pages('user_video_decisions', ['user_id', 'video_id'], 300)).length,
    later,
    either: either.map(({ id }) => id),
    counted: { count: counted.count, rows: counted.data.length, status: counted.status },
    missing: { status: missing.status, code: missing.error.code },
    column: { status: column.status, code: column.error.code },
    refused: { status: refused.status, code: refused.error.code },
    patient: { status: patient.status, rows: patient.data?.length },
    limited: { status: limited.status, code: limited.error?.code },
    items: { status: items.status, ids: items.data?.map(({ video_id }) => video_id), error: items.error },
  };
}

main().then((report) => console.log(JSON.stringify(report)), (error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});

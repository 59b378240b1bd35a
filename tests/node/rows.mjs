// node rows.mjs FILE: prints the rows of a Parquet file as one line of JSON, as a reader from npm gives them.

import { gunzipSync } from 'node:zlib';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';

const compressors = { GZIP: (input) => new Uint8Array(gunzipSync(input)) };
const rows = await parquetReadObjects({ file: await asyncBufferFromFile(process.argv[2]), compressors });
const plain = (_, value) => (typeof value === 'bigint' ? Number(value) : ArrayBuffer.isView(value) ? [...value] : value);
console.log(JSON.stringify(rows, plain));
